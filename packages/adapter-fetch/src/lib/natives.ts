/** The platform's own classes, as they were before anything here replaced a global. */
export const NativeRequest: typeof Request = globalThis.Request;
export const NativeResponse: typeof Response = globalThis.Response;
