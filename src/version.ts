/** The version of this package, as peers of ours tell each other and the command line prints it. */
export const version = "0.1.0";
