/**
 * A self-signed certificate for `localhost`, `127.0.0.1` and `::1`, valid until 2120, for the start-up check and for
 * tests. Its key is public, so it protects nothing.
 */
export const localhostCertificate: { readonly cert: string; readonly key: string } = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABO4nsvu6o/7Jeh/c
klLllhWRCAl/LDxyNqKpS/w22kpCzWNsy5Vtu3Kv8F7arenZXDfxOk7CCUu8rpH6
VKwvhbejYDBeMCwGA1UdEQQlMCOCCWxvY2FsaG9zdIcEfwAAAYcQAAAAAAAAAAAA
AAAAAAAAATAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBRQhclxSugYRz0XOHff
m0mCWTCStTAKBggqhkjOPQQDAgNIADBFAiEAhu9B+zcJaI7nmlB7KcSLhZA8yne+
G0PTdnTHSlggp8sCIB9951oNrxdfeu5IHYrmHB53VXTrm+lY9DDtmZxpylt3
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWdG3jEhjEFQNc8lL
BLb+PFUv68/Zg0pGtXxX0h5SvSahRANCAATuJ7L7uqP+yXof3JJS5ZYVkQgJfyw8
cjaiqUv8NtpKQs1jbMuVbbtyr/Be2q3p2Vw38TpOwglLvK6R+lSsL4W3
-----END PRIVATE KEY-----
`,
};
