/** C declarations, a line each. */
export const OBJECT_KFUNCS: string;
