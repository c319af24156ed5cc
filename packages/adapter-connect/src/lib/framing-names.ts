/** Fields that are not among a response's headers: the server sets them itself (RFC 9110 §7.6.1), or `declaredLength` expresses them. */
export const framingNames = /^(?:connection|content-length|keep-alive|proxy-connection|te|transfer-encoding)$/i;
