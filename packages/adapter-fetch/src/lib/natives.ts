/** The platform's classes, as they were before this package replaced a global. */
export const NativeRequest: typeof Request = globalThis.Request;
export const NativeResponse: typeof Response = globalThis.Response;
