export const habits = {};
