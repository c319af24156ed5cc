/** The server's own business (RFC 9110 §7.6.1), or said by `declaredLength`: not among the headers of a response. */
export const framingNames = /^(?:connection|content-length|keep-alive|proxy-connection|te|transfer-encoding)$/i;
