/** Whether a link's token is of a package's participant (256 random bits and more, base64url), and not of a contract (a UUID). */
export const isPackageToken = (token: string): boolean => /^[\w-]{64}$/.test(token)
