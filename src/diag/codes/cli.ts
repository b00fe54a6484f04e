/** E07xx: the command line and files. One line a message; codes are never reused. */
export const cliCodes = {} as const;
