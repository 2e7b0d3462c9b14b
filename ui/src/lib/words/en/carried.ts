export const carried = {};
