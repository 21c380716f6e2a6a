/** The version of this package, which peers of ours tell each other; a test holds it to package.json. */
export const version = "0.1.0";
