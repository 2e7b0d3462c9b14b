export const pairing = {};
