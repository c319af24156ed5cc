// Drawn from the schemas: `WRITE=1 npx vitest run scripts/configuration-page.test.ts` draws it anew.
/** A configuration of the front server. */
export interface WindhoverConfig {
  readonly listen?:
    | number
    | string
    | {
        /** The port; 0 takes any free one. */
        readonly port?: number;
        /** An address or name of this machine. Default: every address. */
        readonly address?: string;
        /** The absolute path of a Unix socket, instead of a port. */
        readonly unix?: string;
        /** The permissions of its file, such as 660. Default: what the umask leaves. */
        readonly mode?: number | string;
        /** At a listener: `true`, it speaks HTTPS, with the certificates of the sites. At a site: its certificate. */
        readonly tls?:
          | 'auto'
          | {
              /** auto: this server gets it by itself, see `certificates` at the top. Otherwise a PEM file: the server's own certificate first, then those between it and a known root. At a listener: for clients that ask for no name, or an unknown one; without it they are refused. */
              readonly certificate?: string;
              /** The PEM file of its private key. Default: the key stands in the file of `certificate`. */
              readonly key?: string;
              /** Opens an encrypted key. Default: the key is not encrypted. */
              readonly passphrase?: string;
              /** At a site: its clients are asked for a certificate; those of other sites are not. `auth: { clientCertificate: … }` finds the user. */
              readonly clientCertificates?:
                | string
                | {
                    /** A PEM file: the authorities that sign certificates of clients. No other is trusted. */
                    readonly ca: string;
                    /** A PEM file: the revocation lists of these authorities, one for each that signs something. Default: revocation is not checked. */
                    readonly crl?: string;
                    /** require: the handshake fails without a valid certificate. request: it does not, and `auth` decides. Default: require. */
                    readonly mode?: 'require' | 'request';
                  };
              /** At a listener: what clients get that ask for no name, or for one that no site has. refuse: nothing. A host of a site: its certificate. Default: the certificate of the listener, otherwise that of the default site or of a site whose host is an address, otherwise nothing. */
              readonly default?: string;
              /** At a listener: versions and cipher suites. modern: TLS 1.3 only. intermediate: TLS 1.2 too, with forward secrecy and authenticated encryption. compatible: also suites with CBC, for clients of about 2013. Default: intermediate, which every browser of the last ten years speaks. */
              readonly profile?: 'modern' | 'intermediate' | 'compatible';
              /** At a listener: the lowest version. Default: that of the profile, TLSv1.2, since RFC 8996 forbids older ones. */
              readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
              /** At a listener: a list in OpenSSL's notation, those of TLS 1.3 included. Default: that of the profile. */
              readonly ciphers?: string;
              /** At a listener: how long a client may take. Default: 10s, as in Kestrel. */
              readonly handshakeTimeout?: string | number;
              /** At a listener: how many handshakes may be under way in each worker; one more connection is reset. Default: 2000, since each keeps some 50 KB. */
              readonly maxHandshakes?: number;
              /** At a listener: a file of 32 random bytes or more that several machines have in common, so that they resume the sessions of each other (`openssl rand -out tickets.key 32`). The keys are made from it, new ones every 12 hours. Keep it as safe as a private key. Default: the workers of this server share keys that nobody else has. */
              readonly tickets?: string;
              /** At a listener: whether clients get the answer of the OCSP responder that a certificate names along with it, so that they need not ask there. It is asked for ahead; a handshake never waits for it. Default: true. */
              readonly stapling?: boolean;
              /** At a listener: a file that gets the keys of every connection, for Wireshark and the like. Whoever has it can read recorded connections: for debugging only. Default: none. */
              readonly keyLog?: string;
            }
          | boolean;
        /** How clients may ask for HTTP/2. alpn: in the TLS handshake, as browsers do. prior-knowledge: without TLS too, by beginning with it, as gRPC and other proxies do; HTTP/1.1 is served there as well. never or false: HTTP/1.1 only. Default: alpn. */
        readonly http2?: 'alpn' | 'prior-knowledge' | 'never' | false;
        /** Takes the address of the client from the PROXY header, version 1 or 2, that HAProxy and the load balancers of clouds send before the first byte of TLS or HTTP. */
        readonly proxyProtocol?:
          | string
          | readonly string[]
          | {
              /** The proxies in front: addresses, networks, and the presets loopback, private, linklocal and unix. Each of their connections must begin with a PROXY header; that of nobody else is read. */
              readonly from: string | readonly string[];
              /** What happens to connections of others. plain: they are served as what they are. refuse: they are closed. Default: plain. */
              readonly others?: 'plain' | 'refuse';
              /** How long the header may take. Default: 5s, as in Caddy: it comes in the first packet. */
              readonly timeout?: string | number;
            }
          | boolean;
        /** Lets in and keeps out connections by address, network and domain name: one that is kept out is reset before a byte is read, before its TLS handshake too. */
        readonly connectionFilter?:
          | {
              /** Who is let in. */
              readonly allow?:
                | string
                | {
                    /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                    readonly domain: string;
                  }
                | {
                    /** A file with an address, a network or a range in each line; # and ; begin comments. */
                    readonly file: string;
                    /** How often the file is looked at. Default: 1s. */
                    readonly check?: string | number;
                    /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                    readonly mayBeEmpty?: boolean;
                  }
                | {
                    /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                    readonly url: string;
                    /** How often the list is asked for. Default: 1h. */
                    readonly every?: string | number;
                    /** How long the answer may take. Default: 10s. */
                    readonly timeout?: string | number;
                    /** The longest list. Default: 32MiB. */
                    readonly maxSize?: string | number;
                    /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                    readonly mayBeEmpty?: boolean;
                    /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                    readonly copy?: string;
                    /** Fields of the request, for example with a key. */
                    readonly headers?: Readonly<Record<string, string>>;
                  }
                | readonly (
                    | string
                    | {
                        /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                        readonly domain: string;
                      }
                    | {
                        /** A file with an address, a network or a range in each line; # and ; begin comments. */
                        readonly file: string;
                        /** How often the file is looked at. Default: 1s. */
                        readonly check?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                      }
                    | {
                        /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                        readonly url: string;
                        /** How often the list is asked for. Default: 1h. */
                        readonly every?: string | number;
                        /** How long the answer may take. Default: 10s. */
                        readonly timeout?: string | number;
                        /** The longest list. Default: 32MiB. */
                        readonly maxSize?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                        /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                        readonly copy?: string;
                        /** Fields of the request, for example with a key. */
                        readonly headers?: Readonly<Record<string, string>>;
                      }
                  )[];
              /** Who is kept out. */
              readonly deny?:
                | string
                | {
                    /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                    readonly domain: string;
                  }
                | {
                    /** A file with an address, a network or a range in each line; # and ; begin comments. */
                    readonly file: string;
                    /** How often the file is looked at. Default: 1s. */
                    readonly check?: string | number;
                    /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                    readonly mayBeEmpty?: boolean;
                  }
                | {
                    /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                    readonly url: string;
                    /** How often the list is asked for. Default: 1h. */
                    readonly every?: string | number;
                    /** How long the answer may take. Default: 10s. */
                    readonly timeout?: string | number;
                    /** The longest list. Default: 32MiB. */
                    readonly maxSize?: string | number;
                    /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                    readonly mayBeEmpty?: boolean;
                    /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                    readonly copy?: string;
                    /** Fields of the request, for example with a key. */
                    readonly headers?: Readonly<Record<string, string>>;
                  }
                | readonly (
                    | string
                    | {
                        /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                        readonly domain: string;
                      }
                    | {
                        /** A file with an address, a network or a range in each line; # and ; begin comments. */
                        readonly file: string;
                        /** How often the file is looked at. Default: 1s. */
                        readonly check?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                      }
                    | {
                        /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                        readonly url: string;
                        /** How often the list is asked for. Default: 1h. */
                        readonly every?: string | number;
                        /** How long the answer may take. Default: 10s. */
                        readonly timeout?: string | number;
                        /** The longest list. Default: 32MiB. */
                        readonly maxSize?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                        /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                        readonly copy?: string;
                        /** Fields of the request, for example with a key. */
                        readonly headers?: Readonly<Record<string, string>>;
                      }
                  )[];
              /** Rules in their order, as in IIS; in place of allow and deny. */
              readonly rules?: readonly {
                /** Who is let in. */
                readonly allow?:
                  | string
                  | {
                      /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                      readonly domain: string;
                    }
                  | {
                      /** A file with an address, a network or a range in each line; # and ; begin comments. */
                      readonly file: string;
                      /** How often the file is looked at. Default: 1s. */
                      readonly check?: string | number;
                      /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                      readonly mayBeEmpty?: boolean;
                    }
                  | {
                      /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                      readonly url: string;
                      /** How often the list is asked for. Default: 1h. */
                      readonly every?: string | number;
                      /** How long the answer may take. Default: 10s. */
                      readonly timeout?: string | number;
                      /** The longest list. Default: 32MiB. */
                      readonly maxSize?: string | number;
                      /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                      readonly mayBeEmpty?: boolean;
                      /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                      readonly copy?: string;
                      /** Fields of the request, for example with a key. */
                      readonly headers?: Readonly<Record<string, string>>;
                    }
                  | readonly (
                      | string
                      | {
                          /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                          readonly domain: string;
                        }
                      | {
                          /** A file with an address, a network or a range in each line; # and ; begin comments. */
                          readonly file: string;
                          /** How often the file is looked at. Default: 1s. */
                          readonly check?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                        }
                      | {
                          /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                          readonly url: string;
                          /** How often the list is asked for. Default: 1h. */
                          readonly every?: string | number;
                          /** How long the answer may take. Default: 10s. */
                          readonly timeout?: string | number;
                          /** The longest list. Default: 32MiB. */
                          readonly maxSize?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                          /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                          readonly copy?: string;
                          /** Fields of the request, for example with a key. */
                          readonly headers?: Readonly<Record<string, string>>;
                        }
                    )[];
                /** Who is kept out. */
                readonly deny?:
                  | string
                  | {
                      /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                      readonly domain: string;
                    }
                  | {
                      /** A file with an address, a network or a range in each line; # and ; begin comments. */
                      readonly file: string;
                      /** How often the file is looked at. Default: 1s. */
                      readonly check?: string | number;
                      /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                      readonly mayBeEmpty?: boolean;
                    }
                  | {
                      /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                      readonly url: string;
                      /** How often the list is asked for. Default: 1h. */
                      readonly every?: string | number;
                      /** How long the answer may take. Default: 10s. */
                      readonly timeout?: string | number;
                      /** The longest list. Default: 32MiB. */
                      readonly maxSize?: string | number;
                      /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                      readonly mayBeEmpty?: boolean;
                      /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                      readonly copy?: string;
                      /** Fields of the request, for example with a key. */
                      readonly headers?: Readonly<Record<string, string>>;
                    }
                  | readonly (
                      | string
                      | {
                          /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                          readonly domain: string;
                        }
                      | {
                          /** A file with an address, a network or a range in each line; # and ; begin comments. */
                          readonly file: string;
                          /** How often the file is looked at. Default: 1s. */
                          readonly check?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                        }
                      | {
                          /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                          readonly url: string;
                          /** How often the list is asked for. Default: 1h. */
                          readonly every?: string | number;
                          /** How long the answer may take. Default: 10s. */
                          readonly timeout?: string | number;
                          /** The longest list. Default: 32MiB. */
                          readonly maxSize?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                          /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                          readonly copy?: string;
                          /** Fields of the request, for example with a key. */
                          readonly headers?: Readonly<Record<string, string>>;
                        }
                    )[];
              }[];
              /** Those whom no rule means. Default: deny if there are only rules that allow, allow otherwise. */
              readonly unlisted?: 'allow' | 'deny';
              /** Which rule counts if several match: the first, or the one with the smallest network. Default: first for rules, longest for allow and deny. */
              readonly order?: 'first' | 'longest';
              /** How domain names are looked up. */
              readonly names?: {
                /** What happens to a request while the name of its client is looked up. Default: wait; others never do. */
                readonly meanwhile?: 'wait' | 'allow' | 'deny';
                /** After this time a client counts as one without a name. Default: 2s. */
                readonly timeout?: string | number;
                /** How long a name is remembered. Default: 1h. */
                readonly ttl?: string | number;
                /** How long it is remembered that there is none. Default: 5m. */
                readonly negativeTtl?: string | number;
                /** How many addresses are remembered. Default: 10,000. */
                readonly maxEntries?: number;
              };
              /** Only counts, and tells the logs; nobody is kept out. Default: false. */
              readonly dryRun?: boolean;
            }
          | boolean
          | readonly {
              /** Who is let in. */
              readonly allow?:
                | string
                | {
                    /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                    readonly domain: string;
                  }
                | {
                    /** A file with an address, a network or a range in each line; # and ; begin comments. */
                    readonly file: string;
                    /** How often the file is looked at. Default: 1s. */
                    readonly check?: string | number;
                    /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                    readonly mayBeEmpty?: boolean;
                  }
                | {
                    /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                    readonly url: string;
                    /** How often the list is asked for. Default: 1h. */
                    readonly every?: string | number;
                    /** How long the answer may take. Default: 10s. */
                    readonly timeout?: string | number;
                    /** The longest list. Default: 32MiB. */
                    readonly maxSize?: string | number;
                    /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                    readonly mayBeEmpty?: boolean;
                    /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                    readonly copy?: string;
                    /** Fields of the request, for example with a key. */
                    readonly headers?: Readonly<Record<string, string>>;
                  }
                | readonly (
                    | string
                    | {
                        /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                        readonly domain: string;
                      }
                    | {
                        /** A file with an address, a network or a range in each line; # and ; begin comments. */
                        readonly file: string;
                        /** How often the file is looked at. Default: 1s. */
                        readonly check?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                      }
                    | {
                        /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                        readonly url: string;
                        /** How often the list is asked for. Default: 1h. */
                        readonly every?: string | number;
                        /** How long the answer may take. Default: 10s. */
                        readonly timeout?: string | number;
                        /** The longest list. Default: 32MiB. */
                        readonly maxSize?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                        /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                        readonly copy?: string;
                        /** Fields of the request, for example with a key. */
                        readonly headers?: Readonly<Record<string, string>>;
                      }
                  )[];
              /** Who is kept out. */
              readonly deny?:
                | string
                | {
                    /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                    readonly domain: string;
                  }
                | {
                    /** A file with an address, a network or a range in each line; # and ; begin comments. */
                    readonly file: string;
                    /** How often the file is looked at. Default: 1s. */
                    readonly check?: string | number;
                    /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                    readonly mayBeEmpty?: boolean;
                  }
                | {
                    /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                    readonly url: string;
                    /** How often the list is asked for. Default: 1h. */
                    readonly every?: string | number;
                    /** How long the answer may take. Default: 10s. */
                    readonly timeout?: string | number;
                    /** The longest list. Default: 32MiB. */
                    readonly maxSize?: string | number;
                    /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                    readonly mayBeEmpty?: boolean;
                    /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                    readonly copy?: string;
                    /** Fields of the request, for example with a key. */
                    readonly headers?: Readonly<Record<string, string>>;
                  }
                | readonly (
                    | string
                    | {
                        /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                        readonly domain: string;
                      }
                    | {
                        /** A file with an address, a network or a range in each line; # and ; begin comments. */
                        readonly file: string;
                        /** How often the file is looked at. Default: 1s. */
                        readonly check?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                      }
                    | {
                        /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                        readonly url: string;
                        /** How often the list is asked for. Default: 1h. */
                        readonly every?: string | number;
                        /** How long the answer may take. Default: 10s. */
                        readonly timeout?: string | number;
                        /** The longest list. Default: 32MiB. */
                        readonly maxSize?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                        /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                        readonly copy?: string;
                        /** Fields of the request, for example with a key. */
                        readonly headers?: Readonly<Record<string, string>>;
                      }
                  )[];
              /** Rules in their order, as in IIS; in place of allow and deny. */
              readonly rules?: readonly {
                /** Who is let in. */
                readonly allow?:
                  | string
                  | {
                      /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                      readonly domain: string;
                    }
                  | {
                      /** A file with an address, a network or a range in each line; # and ; begin comments. */
                      readonly file: string;
                      /** How often the file is looked at. Default: 1s. */
                      readonly check?: string | number;
                      /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                      readonly mayBeEmpty?: boolean;
                    }
                  | {
                      /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                      readonly url: string;
                      /** How often the list is asked for. Default: 1h. */
                      readonly every?: string | number;
                      /** How long the answer may take. Default: 10s. */
                      readonly timeout?: string | number;
                      /** The longest list. Default: 32MiB. */
                      readonly maxSize?: string | number;
                      /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                      readonly mayBeEmpty?: boolean;
                      /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                      readonly copy?: string;
                      /** Fields of the request, for example with a key. */
                      readonly headers?: Readonly<Record<string, string>>;
                    }
                  | readonly (
                      | string
                      | {
                          /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                          readonly domain: string;
                        }
                      | {
                          /** A file with an address, a network or a range in each line; # and ; begin comments. */
                          readonly file: string;
                          /** How often the file is looked at. Default: 1s. */
                          readonly check?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                        }
                      | {
                          /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                          readonly url: string;
                          /** How often the list is asked for. Default: 1h. */
                          readonly every?: string | number;
                          /** How long the answer may take. Default: 10s. */
                          readonly timeout?: string | number;
                          /** The longest list. Default: 32MiB. */
                          readonly maxSize?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                          /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                          readonly copy?: string;
                          /** Fields of the request, for example with a key. */
                          readonly headers?: Readonly<Record<string, string>>;
                        }
                    )[];
                /** Who is kept out. */
                readonly deny?:
                  | string
                  | {
                      /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                      readonly domain: string;
                    }
                  | {
                      /** A file with an address, a network or a range in each line; # and ; begin comments. */
                      readonly file: string;
                      /** How often the file is looked at. Default: 1s. */
                      readonly check?: string | number;
                      /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                      readonly mayBeEmpty?: boolean;
                    }
                  | {
                      /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                      readonly url: string;
                      /** How often the list is asked for. Default: 1h. */
                      readonly every?: string | number;
                      /** How long the answer may take. Default: 10s. */
                      readonly timeout?: string | number;
                      /** The longest list. Default: 32MiB. */
                      readonly maxSize?: string | number;
                      /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                      readonly mayBeEmpty?: boolean;
                      /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                      readonly copy?: string;
                      /** Fields of the request, for example with a key. */
                      readonly headers?: Readonly<Record<string, string>>;
                    }
                  | readonly (
                      | string
                      | {
                          /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                          readonly domain: string;
                        }
                      | {
                          /** A file with an address, a network or a range in each line; # and ; begin comments. */
                          readonly file: string;
                          /** How often the file is looked at. Default: 1s. */
                          readonly check?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                        }
                      | {
                          /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                          readonly url: string;
                          /** How often the list is asked for. Default: 1h. */
                          readonly every?: string | number;
                          /** How long the answer may take. Default: 10s. */
                          readonly timeout?: string | number;
                          /** The longest list. Default: 32MiB. */
                          readonly maxSize?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                          /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                          readonly copy?: string;
                          /** Fields of the request, for example with a key. */
                          readonly headers?: Readonly<Record<string, string>>;
                        }
                    )[];
              }[];
              /** Those whom no rule means. Default: deny if there are only rules that allow, allow otherwise. */
              readonly unlisted?: 'allow' | 'deny';
              /** Which rule counts if several match: the first, or the one with the smallest network. Default: first for rules, longest for allow and deny. */
              readonly order?: 'first' | 'longest';
              /** How domain names are looked up. */
              readonly names?: {
                /** What happens to a request while the name of its client is looked up. Default: wait; others never do. */
                readonly meanwhile?: 'wait' | 'allow' | 'deny';
                /** After this time a client counts as one without a name. Default: 2s. */
                readonly timeout?: string | number;
                /** How long a name is remembered. Default: 1h. */
                readonly ttl?: string | number;
                /** How long it is remembered that there is none. Default: 5m. */
                readonly negativeTtl?: string | number;
                /** How many addresses are remembered. Default: 10,000. */
                readonly maxEntries?: number;
              };
              /** Only counts, and tells the logs; nobody is kept out. Default: false. */
              readonly dryRun?: boolean;
            }[];
        /** Limits how many connections a client may open in a time; one above it is reset before a byte is read. Each worker counts for itself. */
        readonly connectionRate?:
          | string
          | number
          | {
              /** How many new connections in which time, such as 20/s. */
              readonly rate: string | number;
              /** How many may come at once. Default: those of the rate. */
              readonly burst?: number;
              /** What is counted together: the connections of one address (IPv6: of one /64), or all. Default: client. */
              readonly by?: 'client' | 'all';
            }
          | boolean
          | readonly (
              | string
              | number
              | {
                  /** How many new connections in which time, such as 20/s. */
                  readonly rate: string | number;
                  /** How many may come at once. Default: those of the rate. */
                  readonly burst?: number;
                  /** What is counted together: the connections of one address (IPv6: of one /64), or all. Default: client. */
                  readonly by?: 'client' | 'all';
                }
            )[];
        /** Limits how many requests run at a time. The next ones wait, in the order of arrival; the rest get 503 with Retry-After. A listener, a site or a route has its own inside of that of the top; the one of a listener counts what arrives there. Each worker process counts for itself. */
        readonly concurrency?:
          | number
          | {
              /** How many requests run at a time, each until its response was sent. */
              readonly max: number;
              /** How many more may wait. Default: as many as may run, so that a wait lasts about as long as one request. */
              readonly queue?: number;
              /** How long a request may wait. Default: 5s, about as long as a person waits before trying again. */
              readonly queueTimeout?: string | number | null;
              /** What is counted together: the requests of a client address, of a user (by address while nobody is logged in), of the route, all, or those with one value of a field. Default: client. */
              readonly by?:
                | 'client'
                | 'user'
                | 'route'
                | 'all'
                | {
                    /** The name of the field, such as x-api-key. */
                    readonly header: string;
                  };
              /** Who gets the next place. newest-first: the one who came last, and a full queue refuses the oldest, so that under overload those are answered who still wait. Default: oldest-first. */
              readonly order?: 'oldest-first' | 'newest-first';
              /** The status of a refusal. Default: 503, or 429 with by. */
              readonly status?: number;
              /** What refused requests get: an answer, or a closed connection. Default: answer. */
              readonly refuse?: 'answer' | 'drop';
              /** Only counts; nothing waits or is refused. Default: false. */
              readonly dryRun?: boolean;
              /** When a refused client may try again. Default: 1s. */
              readonly retryAfter?: string | number;
            }
          | boolean
          | readonly (
              | number
              | {
                  /** How many requests run at a time, each until its response was sent. */
                  readonly max: number;
                  /** How many more may wait. Default: as many as may run, so that a wait lasts about as long as one request. */
                  readonly queue?: number;
                  /** How long a request may wait. Default: 5s, about as long as a person waits before trying again. */
                  readonly queueTimeout?: string | number | null;
                  /** What is counted together: the requests of a client address, of a user (by address while nobody is logged in), of the route, all, or those with one value of a field. Default: client. */
                  readonly by?:
                    | 'client'
                    | 'user'
                    | 'route'
                    | 'all'
                    | {
                        /** The name of the field, such as x-api-key. */
                        readonly header: string;
                      };
                  /** Who gets the next place. newest-first: the one who came last, and a full queue refuses the oldest, so that under overload those are answered who still wait. Default: oldest-first. */
                  readonly order?: 'oldest-first' | 'newest-first';
                  /** The status of a refusal. Default: 503, or 429 with by. */
                  readonly status?: number;
                  /** What refused requests get: an answer, or a closed connection. Default: answer. */
                  readonly refuse?: 'answer' | 'drop';
                  /** Only counts; nothing waits or is refused. Default: false. */
                  readonly dryRun?: boolean;
                  /** When a refused client may try again. Default: 1s. */
                  readonly retryAfter?: string | number;
                }
            )[];
      }
    | readonly (
        | number
        | string
        | {
            /** The port; 0 takes any free one. */
            readonly port?: number;
            /** An address or name of this machine. Default: every address. */
            readonly address?: string;
            /** The absolute path of a Unix socket, instead of a port. */
            readonly unix?: string;
            /** The permissions of its file, such as 660. Default: what the umask leaves. */
            readonly mode?: number | string;
            /** At a listener: `true`, it speaks HTTPS, with the certificates of the sites. At a site: its certificate. */
            readonly tls?:
              | 'auto'
              | {
                  /** auto: this server gets it by itself, see `certificates` at the top. Otherwise a PEM file: the server's own certificate first, then those between it and a known root. At a listener: for clients that ask for no name, or an unknown one; without it they are refused. */
                  readonly certificate?: string;
                  /** The PEM file of its private key. Default: the key stands in the file of `certificate`. */
                  readonly key?: string;
                  /** Opens an encrypted key. Default: the key is not encrypted. */
                  readonly passphrase?: string;
                  /** At a site: its clients are asked for a certificate; those of other sites are not. `auth: { clientCertificate: … }` finds the user. */
                  readonly clientCertificates?:
                    | string
                    | {
                        /** A PEM file: the authorities that sign certificates of clients. No other is trusted. */
                        readonly ca: string;
                        /** A PEM file: the revocation lists of these authorities, one for each that signs something. Default: revocation is not checked. */
                        readonly crl?: string;
                        /** require: the handshake fails without a valid certificate. request: it does not, and `auth` decides. Default: require. */
                        readonly mode?: 'require' | 'request';
                      };
                  /** At a listener: what clients get that ask for no name, or for one that no site has. refuse: nothing. A host of a site: its certificate. Default: the certificate of the listener, otherwise that of the default site or of a site whose host is an address, otherwise nothing. */
                  readonly default?: string;
                  /** At a listener: versions and cipher suites. modern: TLS 1.3 only. intermediate: TLS 1.2 too, with forward secrecy and authenticated encryption. compatible: also suites with CBC, for clients of about 2013. Default: intermediate, which every browser of the last ten years speaks. */
                  readonly profile?: 'modern' | 'intermediate' | 'compatible';
                  /** At a listener: the lowest version. Default: that of the profile, TLSv1.2, since RFC 8996 forbids older ones. */
                  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
                  /** At a listener: a list in OpenSSL's notation, those of TLS 1.3 included. Default: that of the profile. */
                  readonly ciphers?: string;
                  /** At a listener: how long a client may take. Default: 10s, as in Kestrel. */
                  readonly handshakeTimeout?: string | number;
                  /** At a listener: how many handshakes may be under way in each worker; one more connection is reset. Default: 2000, since each keeps some 50 KB. */
                  readonly maxHandshakes?: number;
                  /** At a listener: a file of 32 random bytes or more that several machines have in common, so that they resume the sessions of each other (`openssl rand -out tickets.key 32`). The keys are made from it, new ones every 12 hours. Keep it as safe as a private key. Default: the workers of this server share keys that nobody else has. */
                  readonly tickets?: string;
                  /** At a listener: whether clients get the answer of the OCSP responder that a certificate names along with it, so that they need not ask there. It is asked for ahead; a handshake never waits for it. Default: true. */
                  readonly stapling?: boolean;
                  /** At a listener: a file that gets the keys of every connection, for Wireshark and the like. Whoever has it can read recorded connections: for debugging only. Default: none. */
                  readonly keyLog?: string;
                }
              | boolean;
            /** How clients may ask for HTTP/2. alpn: in the TLS handshake, as browsers do. prior-knowledge: without TLS too, by beginning with it, as gRPC and other proxies do; HTTP/1.1 is served there as well. never or false: HTTP/1.1 only. Default: alpn. */
            readonly http2?: 'alpn' | 'prior-knowledge' | 'never' | false;
            /** Takes the address of the client from the PROXY header, version 1 or 2, that HAProxy and the load balancers of clouds send before the first byte of TLS or HTTP. */
            readonly proxyProtocol?:
              | string
              | readonly string[]
              | {
                  /** The proxies in front: addresses, networks, and the presets loopback, private, linklocal and unix. Each of their connections must begin with a PROXY header; that of nobody else is read. */
                  readonly from: string | readonly string[];
                  /** What happens to connections of others. plain: they are served as what they are. refuse: they are closed. Default: plain. */
                  readonly others?: 'plain' | 'refuse';
                  /** How long the header may take. Default: 5s, as in Caddy: it comes in the first packet. */
                  readonly timeout?: string | number;
                }
              | boolean;
            /** Lets in and keeps out connections by address, network and domain name: one that is kept out is reset before a byte is read, before its TLS handshake too. */
            readonly connectionFilter?:
              | {
                  /** Who is let in. */
                  readonly allow?:
                    | string
                    | {
                        /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                        readonly domain: string;
                      }
                    | {
                        /** A file with an address, a network or a range in each line; # and ; begin comments. */
                        readonly file: string;
                        /** How often the file is looked at. Default: 1s. */
                        readonly check?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                      }
                    | {
                        /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                        readonly url: string;
                        /** How often the list is asked for. Default: 1h. */
                        readonly every?: string | number;
                        /** How long the answer may take. Default: 10s. */
                        readonly timeout?: string | number;
                        /** The longest list. Default: 32MiB. */
                        readonly maxSize?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                        /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                        readonly copy?: string;
                        /** Fields of the request, for example with a key. */
                        readonly headers?: Readonly<Record<string, string>>;
                      }
                    | readonly (
                        | string
                        | {
                            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                            readonly domain: string;
                          }
                        | {
                            /** A file with an address, a network or a range in each line; # and ; begin comments. */
                            readonly file: string;
                            /** How often the file is looked at. Default: 1s. */
                            readonly check?: string | number;
                            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                            readonly mayBeEmpty?: boolean;
                          }
                        | {
                            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                            readonly url: string;
                            /** How often the list is asked for. Default: 1h. */
                            readonly every?: string | number;
                            /** How long the answer may take. Default: 10s. */
                            readonly timeout?: string | number;
                            /** The longest list. Default: 32MiB. */
                            readonly maxSize?: string | number;
                            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                            readonly mayBeEmpty?: boolean;
                            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                            readonly copy?: string;
                            /** Fields of the request, for example with a key. */
                            readonly headers?: Readonly<Record<string, string>>;
                          }
                      )[];
                  /** Who is kept out. */
                  readonly deny?:
                    | string
                    | {
                        /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                        readonly domain: string;
                      }
                    | {
                        /** A file with an address, a network or a range in each line; # and ; begin comments. */
                        readonly file: string;
                        /** How often the file is looked at. Default: 1s. */
                        readonly check?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                      }
                    | {
                        /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                        readonly url: string;
                        /** How often the list is asked for. Default: 1h. */
                        readonly every?: string | number;
                        /** How long the answer may take. Default: 10s. */
                        readonly timeout?: string | number;
                        /** The longest list. Default: 32MiB. */
                        readonly maxSize?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                        /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                        readonly copy?: string;
                        /** Fields of the request, for example with a key. */
                        readonly headers?: Readonly<Record<string, string>>;
                      }
                    | readonly (
                        | string
                        | {
                            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                            readonly domain: string;
                          }
                        | {
                            /** A file with an address, a network or a range in each line; # and ; begin comments. */
                            readonly file: string;
                            /** How often the file is looked at. Default: 1s. */
                            readonly check?: string | number;
                            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                            readonly mayBeEmpty?: boolean;
                          }
                        | {
                            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                            readonly url: string;
                            /** How often the list is asked for. Default: 1h. */
                            readonly every?: string | number;
                            /** How long the answer may take. Default: 10s. */
                            readonly timeout?: string | number;
                            /** The longest list. Default: 32MiB. */
                            readonly maxSize?: string | number;
                            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                            readonly mayBeEmpty?: boolean;
                            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                            readonly copy?: string;
                            /** Fields of the request, for example with a key. */
                            readonly headers?: Readonly<Record<string, string>>;
                          }
                      )[];
                  /** Rules in their order, as in IIS; in place of allow and deny. */
                  readonly rules?: readonly {
                    /** Who is let in. */
                    readonly allow?:
                      | string
                      | {
                          /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                          readonly domain: string;
                        }
                      | {
                          /** A file with an address, a network or a range in each line; # and ; begin comments. */
                          readonly file: string;
                          /** How often the file is looked at. Default: 1s. */
                          readonly check?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                        }
                      | {
                          /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                          readonly url: string;
                          /** How often the list is asked for. Default: 1h. */
                          readonly every?: string | number;
                          /** How long the answer may take. Default: 10s. */
                          readonly timeout?: string | number;
                          /** The longest list. Default: 32MiB. */
                          readonly maxSize?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                          /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                          readonly copy?: string;
                          /** Fields of the request, for example with a key. */
                          readonly headers?: Readonly<Record<string, string>>;
                        }
                      | readonly (
                          | string
                          | {
                              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                              readonly domain: string;
                            }
                          | {
                              /** A file with an address, a network or a range in each line; # and ; begin comments. */
                              readonly file: string;
                              /** How often the file is looked at. Default: 1s. */
                              readonly check?: string | number;
                              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                              readonly mayBeEmpty?: boolean;
                            }
                          | {
                              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                              readonly url: string;
                              /** How often the list is asked for. Default: 1h. */
                              readonly every?: string | number;
                              /** How long the answer may take. Default: 10s. */
                              readonly timeout?: string | number;
                              /** The longest list. Default: 32MiB. */
                              readonly maxSize?: string | number;
                              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                              readonly mayBeEmpty?: boolean;
                              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                              readonly copy?: string;
                              /** Fields of the request, for example with a key. */
                              readonly headers?: Readonly<Record<string, string>>;
                            }
                        )[];
                    /** Who is kept out. */
                    readonly deny?:
                      | string
                      | {
                          /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                          readonly domain: string;
                        }
                      | {
                          /** A file with an address, a network or a range in each line; # and ; begin comments. */
                          readonly file: string;
                          /** How often the file is looked at. Default: 1s. */
                          readonly check?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                        }
                      | {
                          /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                          readonly url: string;
                          /** How often the list is asked for. Default: 1h. */
                          readonly every?: string | number;
                          /** How long the answer may take. Default: 10s. */
                          readonly timeout?: string | number;
                          /** The longest list. Default: 32MiB. */
                          readonly maxSize?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                          /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                          readonly copy?: string;
                          /** Fields of the request, for example with a key. */
                          readonly headers?: Readonly<Record<string, string>>;
                        }
                      | readonly (
                          | string
                          | {
                              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                              readonly domain: string;
                            }
                          | {
                              /** A file with an address, a network or a range in each line; # and ; begin comments. */
                              readonly file: string;
                              /** How often the file is looked at. Default: 1s. */
                              readonly check?: string | number;
                              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                              readonly mayBeEmpty?: boolean;
                            }
                          | {
                              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                              readonly url: string;
                              /** How often the list is asked for. Default: 1h. */
                              readonly every?: string | number;
                              /** How long the answer may take. Default: 10s. */
                              readonly timeout?: string | number;
                              /** The longest list. Default: 32MiB. */
                              readonly maxSize?: string | number;
                              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                              readonly mayBeEmpty?: boolean;
                              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                              readonly copy?: string;
                              /** Fields of the request, for example with a key. */
                              readonly headers?: Readonly<Record<string, string>>;
                            }
                        )[];
                  }[];
                  /** Those whom no rule means. Default: deny if there are only rules that allow, allow otherwise. */
                  readonly unlisted?: 'allow' | 'deny';
                  /** Which rule counts if several match: the first, or the one with the smallest network. Default: first for rules, longest for allow and deny. */
                  readonly order?: 'first' | 'longest';
                  /** How domain names are looked up. */
                  readonly names?: {
                    /** What happens to a request while the name of its client is looked up. Default: wait; others never do. */
                    readonly meanwhile?: 'wait' | 'allow' | 'deny';
                    /** After this time a client counts as one without a name. Default: 2s. */
                    readonly timeout?: string | number;
                    /** How long a name is remembered. Default: 1h. */
                    readonly ttl?: string | number;
                    /** How long it is remembered that there is none. Default: 5m. */
                    readonly negativeTtl?: string | number;
                    /** How many addresses are remembered. Default: 10,000. */
                    readonly maxEntries?: number;
                  };
                  /** Only counts, and tells the logs; nobody is kept out. Default: false. */
                  readonly dryRun?: boolean;
                }
              | boolean
              | readonly {
                  /** Who is let in. */
                  readonly allow?:
                    | string
                    | {
                        /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                        readonly domain: string;
                      }
                    | {
                        /** A file with an address, a network or a range in each line; # and ; begin comments. */
                        readonly file: string;
                        /** How often the file is looked at. Default: 1s. */
                        readonly check?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                      }
                    | {
                        /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                        readonly url: string;
                        /** How often the list is asked for. Default: 1h. */
                        readonly every?: string | number;
                        /** How long the answer may take. Default: 10s. */
                        readonly timeout?: string | number;
                        /** The longest list. Default: 32MiB. */
                        readonly maxSize?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                        /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                        readonly copy?: string;
                        /** Fields of the request, for example with a key. */
                        readonly headers?: Readonly<Record<string, string>>;
                      }
                    | readonly (
                        | string
                        | {
                            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                            readonly domain: string;
                          }
                        | {
                            /** A file with an address, a network or a range in each line; # and ; begin comments. */
                            readonly file: string;
                            /** How often the file is looked at. Default: 1s. */
                            readonly check?: string | number;
                            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                            readonly mayBeEmpty?: boolean;
                          }
                        | {
                            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                            readonly url: string;
                            /** How often the list is asked for. Default: 1h. */
                            readonly every?: string | number;
                            /** How long the answer may take. Default: 10s. */
                            readonly timeout?: string | number;
                            /** The longest list. Default: 32MiB. */
                            readonly maxSize?: string | number;
                            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                            readonly mayBeEmpty?: boolean;
                            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                            readonly copy?: string;
                            /** Fields of the request, for example with a key. */
                            readonly headers?: Readonly<Record<string, string>>;
                          }
                      )[];
                  /** Who is kept out. */
                  readonly deny?:
                    | string
                    | {
                        /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                        readonly domain: string;
                      }
                    | {
                        /** A file with an address, a network or a range in each line; # and ; begin comments. */
                        readonly file: string;
                        /** How often the file is looked at. Default: 1s. */
                        readonly check?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                      }
                    | {
                        /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                        readonly url: string;
                        /** How often the list is asked for. Default: 1h. */
                        readonly every?: string | number;
                        /** How long the answer may take. Default: 10s. */
                        readonly timeout?: string | number;
                        /** The longest list. Default: 32MiB. */
                        readonly maxSize?: string | number;
                        /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                        readonly mayBeEmpty?: boolean;
                        /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                        readonly copy?: string;
                        /** Fields of the request, for example with a key. */
                        readonly headers?: Readonly<Record<string, string>>;
                      }
                    | readonly (
                        | string
                        | {
                            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                            readonly domain: string;
                          }
                        | {
                            /** A file with an address, a network or a range in each line; # and ; begin comments. */
                            readonly file: string;
                            /** How often the file is looked at. Default: 1s. */
                            readonly check?: string | number;
                            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                            readonly mayBeEmpty?: boolean;
                          }
                        | {
                            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                            readonly url: string;
                            /** How often the list is asked for. Default: 1h. */
                            readonly every?: string | number;
                            /** How long the answer may take. Default: 10s. */
                            readonly timeout?: string | number;
                            /** The longest list. Default: 32MiB. */
                            readonly maxSize?: string | number;
                            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                            readonly mayBeEmpty?: boolean;
                            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                            readonly copy?: string;
                            /** Fields of the request, for example with a key. */
                            readonly headers?: Readonly<Record<string, string>>;
                          }
                      )[];
                  /** Rules in their order, as in IIS; in place of allow and deny. */
                  readonly rules?: readonly {
                    /** Who is let in. */
                    readonly allow?:
                      | string
                      | {
                          /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                          readonly domain: string;
                        }
                      | {
                          /** A file with an address, a network or a range in each line; # and ; begin comments. */
                          readonly file: string;
                          /** How often the file is looked at. Default: 1s. */
                          readonly check?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                        }
                      | {
                          /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                          readonly url: string;
                          /** How often the list is asked for. Default: 1h. */
                          readonly every?: string | number;
                          /** How long the answer may take. Default: 10s. */
                          readonly timeout?: string | number;
                          /** The longest list. Default: 32MiB. */
                          readonly maxSize?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                          /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                          readonly copy?: string;
                          /** Fields of the request, for example with a key. */
                          readonly headers?: Readonly<Record<string, string>>;
                        }
                      | readonly (
                          | string
                          | {
                              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                              readonly domain: string;
                            }
                          | {
                              /** A file with an address, a network or a range in each line; # and ; begin comments. */
                              readonly file: string;
                              /** How often the file is looked at. Default: 1s. */
                              readonly check?: string | number;
                              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                              readonly mayBeEmpty?: boolean;
                            }
                          | {
                              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                              readonly url: string;
                              /** How often the list is asked for. Default: 1h. */
                              readonly every?: string | number;
                              /** How long the answer may take. Default: 10s. */
                              readonly timeout?: string | number;
                              /** The longest list. Default: 32MiB. */
                              readonly maxSize?: string | number;
                              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                              readonly mayBeEmpty?: boolean;
                              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                              readonly copy?: string;
                              /** Fields of the request, for example with a key. */
                              readonly headers?: Readonly<Record<string, string>>;
                            }
                        )[];
                    /** Who is kept out. */
                    readonly deny?:
                      | string
                      | {
                          /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                          readonly domain: string;
                        }
                      | {
                          /** A file with an address, a network or a range in each line; # and ; begin comments. */
                          readonly file: string;
                          /** How often the file is looked at. Default: 1s. */
                          readonly check?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                        }
                      | {
                          /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                          readonly url: string;
                          /** How often the list is asked for. Default: 1h. */
                          readonly every?: string | number;
                          /** How long the answer may take. Default: 10s. */
                          readonly timeout?: string | number;
                          /** The longest list. Default: 32MiB. */
                          readonly maxSize?: string | number;
                          /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                          readonly mayBeEmpty?: boolean;
                          /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                          readonly copy?: string;
                          /** Fields of the request, for example with a key. */
                          readonly headers?: Readonly<Record<string, string>>;
                        }
                      | readonly (
                          | string
                          | {
                              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                              readonly domain: string;
                            }
                          | {
                              /** A file with an address, a network or a range in each line; # and ; begin comments. */
                              readonly file: string;
                              /** How often the file is looked at. Default: 1s. */
                              readonly check?: string | number;
                              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                              readonly mayBeEmpty?: boolean;
                            }
                          | {
                              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                              readonly url: string;
                              /** How often the list is asked for. Default: 1h. */
                              readonly every?: string | number;
                              /** How long the answer may take. Default: 10s. */
                              readonly timeout?: string | number;
                              /** The longest list. Default: 32MiB. */
                              readonly maxSize?: string | number;
                              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                              readonly mayBeEmpty?: boolean;
                              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                              readonly copy?: string;
                              /** Fields of the request, for example with a key. */
                              readonly headers?: Readonly<Record<string, string>>;
                            }
                        )[];
                  }[];
                  /** Those whom no rule means. Default: deny if there are only rules that allow, allow otherwise. */
                  readonly unlisted?: 'allow' | 'deny';
                  /** Which rule counts if several match: the first, or the one with the smallest network. Default: first for rules, longest for allow and deny. */
                  readonly order?: 'first' | 'longest';
                  /** How domain names are looked up. */
                  readonly names?: {
                    /** What happens to a request while the name of its client is looked up. Default: wait; others never do. */
                    readonly meanwhile?: 'wait' | 'allow' | 'deny';
                    /** After this time a client counts as one without a name. Default: 2s. */
                    readonly timeout?: string | number;
                    /** How long a name is remembered. Default: 1h. */
                    readonly ttl?: string | number;
                    /** How long it is remembered that there is none. Default: 5m. */
                    readonly negativeTtl?: string | number;
                    /** How many addresses are remembered. Default: 10,000. */
                    readonly maxEntries?: number;
                  };
                  /** Only counts, and tells the logs; nobody is kept out. Default: false. */
                  readonly dryRun?: boolean;
                }[];
            /** Limits how many connections a client may open in a time; one above it is reset before a byte is read. Each worker counts for itself. */
            readonly connectionRate?:
              | string
              | number
              | {
                  /** How many new connections in which time, such as 20/s. */
                  readonly rate: string | number;
                  /** How many may come at once. Default: those of the rate. */
                  readonly burst?: number;
                  /** What is counted together: the connections of one address (IPv6: of one /64), or all. Default: client. */
                  readonly by?: 'client' | 'all';
                }
              | boolean
              | readonly (
                  | string
                  | number
                  | {
                      /** How many new connections in which time, such as 20/s. */
                      readonly rate: string | number;
                      /** How many may come at once. Default: those of the rate. */
                      readonly burst?: number;
                      /** What is counted together: the connections of one address (IPv6: of one /64), or all. Default: client. */
                      readonly by?: 'client' | 'all';
                    }
                )[];
            /** Limits how many requests run at a time. The next ones wait, in the order of arrival; the rest get 503 with Retry-After. A listener, a site or a route has its own inside of that of the top; the one of a listener counts what arrives there. Each worker process counts for itself. */
            readonly concurrency?:
              | number
              | {
                  /** How many requests run at a time, each until its response was sent. */
                  readonly max: number;
                  /** How many more may wait. Default: as many as may run, so that a wait lasts about as long as one request. */
                  readonly queue?: number;
                  /** How long a request may wait. Default: 5s, about as long as a person waits before trying again. */
                  readonly queueTimeout?: string | number | null;
                  /** What is counted together: the requests of a client address, of a user (by address while nobody is logged in), of the route, all, or those with one value of a field. Default: client. */
                  readonly by?:
                    | 'client'
                    | 'user'
                    | 'route'
                    | 'all'
                    | {
                        /** The name of the field, such as x-api-key. */
                        readonly header: string;
                      };
                  /** Who gets the next place. newest-first: the one who came last, and a full queue refuses the oldest, so that under overload those are answered who still wait. Default: oldest-first. */
                  readonly order?: 'oldest-first' | 'newest-first';
                  /** The status of a refusal. Default: 503, or 429 with by. */
                  readonly status?: number;
                  /** What refused requests get: an answer, or a closed connection. Default: answer. */
                  readonly refuse?: 'answer' | 'drop';
                  /** Only counts; nothing waits or is refused. Default: false. */
                  readonly dryRun?: boolean;
                  /** When a refused client may try again. Default: 1s. */
                  readonly retryAfter?: string | number;
                }
              | boolean
              | readonly (
                  | number
                  | {
                      /** How many requests run at a time, each until its response was sent. */
                      readonly max: number;
                      /** How many more may wait. Default: as many as may run, so that a wait lasts about as long as one request. */
                      readonly queue?: number;
                      /** How long a request may wait. Default: 5s, about as long as a person waits before trying again. */
                      readonly queueTimeout?: string | number | null;
                      /** What is counted together: the requests of a client address, of a user (by address while nobody is logged in), of the route, all, or those with one value of a field. Default: client. */
                      readonly by?:
                        | 'client'
                        | 'user'
                        | 'route'
                        | 'all'
                        | {
                            /** The name of the field, such as x-api-key. */
                            readonly header: string;
                          };
                      /** Who gets the next place. newest-first: the one who came last, and a full queue refuses the oldest, so that under overload those are answered who still wait. Default: oldest-first. */
                      readonly order?: 'oldest-first' | 'newest-first';
                      /** The status of a refusal. Default: 503, or 429 with by. */
                      readonly status?: number;
                      /** What refused requests get: an answer, or a closed connection. Default: answer. */
                      readonly refuse?: 'answer' | 'drop';
                      /** Only counts; nothing waits or is refused. Default: false. */
                      readonly dryRun?: boolean;
                      /** When a refused client may try again. Default: 1s. */
                      readonly retryAfter?: string | number;
                    }
                )[];
          }
      )[];
  /** How much the server accepts from a client, and how long it waits for it. */
  readonly limits?: {
    /** The request line; 414 beyond. Default: 8KiB. */
    readonly requestLine?: string | number;
    /** All fields of a request; 431 beyond. Default: 32KiB. */
    readonly headers?: string | number;
    /** How many fields; 431 beyond. Default: 100. */
    readonly headerCount?: number;
    /** Empty lines before a request. Default: 2: old clients send one after a form. */
    readonly leadingEmptyLines?: number;
    /** The extensions of one chunk. Default: 1KiB. */
    readonly chunkExtension?: string | number;
    /** The chunk extensions of one body. Default: 16KiB. */
    readonly chunkExtensions?: string | number;
    /** The trailers of a request. Default: 8KiB. */
    readonly trailers?: string | number;
    /** How many trailers. Default: 32. */
    readonly trailerCount?: number;
    /** Connections at a time; more are closed at once. Default: null, as in Kestrel. */
    readonly connections?: number | null;
    /** The same for one client address (IPv6: one /64). Default: null, since behind a proxy all clients have one. */
    readonly connectionsPerAddress?: number | null;
    /** Requests until a connection closes. Default: null. */
    readonly requestsPerConnection?: number | null;
    /** Age at which a connection closes after an answer. Default: null; a balancer in front may want it. */
    readonly connectionAge?: string | number | null;
    /** The body of a request; 413 beyond. Default: 30MB. */
    readonly requestBody?: string | number | null;
    /** Idle time between requests. Default: 75s, as in nginx: a browser comes back within it or not at all. */
    readonly keepAlive?: string | number | null;
    /** From the first byte of a head to its last; 408 beyond. Default: 30s. */
    readonly headersTimeout?: string | number | null;
    /** The slowest that a body may arrive while somebody reads it; 408 below. Default: 240B/s, as in Kestrel. */
    readonly requestRate?: string | number | null;
    /** The slowest that a client may read; the connection is cut below. Default: 240B/s, as in Kestrel. */
    readonly responseRate?: string | number | null;
    /** How long the request rate may be missed. Default: 5s. */
    readonly requestGrace?: string | number;
    /** How long the response rate may be missed. Default: 60s, as in nginx. */
    readonly responseGrace?: string | number;
    /** Pipelined requests kept while an answer is in progress; then reading pauses. Default: 64KiB. */
    readonly buffered?: string | number;
    /** What is discarded of a body that nobody wanted, to keep the connection. Default: 256KiB. */
    readonly discarded?: string | number;
    /** The time for that. Default: 5s. */
    readonly discardTimeout?: string | number;
    /** After an answer that closes: how long the client may send nothing. Default: 2s. */
    readonly lingerTimeout?: string | number;
    /** How long it may go on sending in all. Default: 30s, so that it sees the answer. */
    readonly linger?: string | number;
    /** What is read meanwhile. Default: null. */
    readonly lingerBytes?: string | number | null;
    /** Requests that one HTTP/2 connection may have under way; further ones are refused, and clients try them again. Default: 100, as in Kestrel. */
    readonly streams?: number;
    /** Pipelined requests that are answered in one go, so that one connection cannot hold up the others. Default: 64. */
    readonly requestsPerTurn?: number;
  };
  /** Serves /metrics for Prometheus, and /health/live, /health/ready and /health/upstreams for whoever watches the server. true: on 127.0.0.1:9145. */
  readonly metrics?:
    | boolean
    | number
    | string
    | {
        /** The address. Default: 127.0.0.1:9145. A port alone is one of 127.0.0.1, since nobody has to log in; "*:9145" is every address. */
        readonly listen?: number | string;
      }
    | null;
  /** How many worker processes serve: a number, or `auto` for one per core. Default: 1, which is replaced if it crashes. 0 runs everything in one process, as always on Windows. */
  readonly workers?: number | 'auto';
  /** Whether the configuration is taken anew when one of its files changes. Default: false: `windhover reload` does it. */
  readonly watch?: boolean;
  /** How long streams and tunnels that began before a reload may go on by the configuration that they began with. Default: 24h: one that is forgotten should not keep it for ever. null: for ever. */
  readonly oldStreams?: string | number | null;
  readonly certificates?: CertificatesFeature;
  readonly admin?: AdminFeature;
  readonly ftp?: FtpFeature;
  readonly accessLog?: AccessLogFeature;
  readonly http2?: Http2Feature;
  readonly proxyProtocol?: ProxyProtocolFeature;
  readonly requestTrace?: RequestTraceFeature;
  readonly tracing?: TracingFeature;
  readonly trustedProxies?: TrustedProxiesFeature;
  readonly redirect?: RedirectFeature;
  readonly rewrite?: RewriteFeature;
  readonly requestId?: RequestIdFeature;
  readonly errorPages?: ErrorPagesFeature;
  readonly requestHeaders?: RequestHeadersFeature;
  readonly responseHeaders?: ResponseHeadersFeature;
  readonly hsts?: HstsFeature;
  readonly securityHeaders?: SecurityHeadersFeature;
  readonly serverTiming?: ServerTimingFeature;
  readonly allowedHosts?: AllowedHostsFeature;
  readonly cors?: CorsFeature;
  readonly timeout?: TimeoutFeature;
  readonly maxRequestBody?: MaxRequestBodyFeature;
  readonly ipFilter?: IpFilterFeature;
  readonly requestFilter?: RequestFilterFeature;
  readonly dynamicIp?: DynamicIpFeature;
  readonly rateLimit?: RateLimitFeature;
  readonly concurrency?: ConcurrencyFeature;
  readonly session?: SessionFeature;
  readonly throttle?: ThrottleFeature;
  readonly auth?: AuthFeature;
  readonly authorize?: AuthorizeFeature;
  readonly websocket?: WebsocketFeature;
  readonly cache?: CacheFeature;
  readonly compress?: CompressFeature;
  readonly decompress?: DecompressFeature;
  readonly outbound?: OutboundFeature;
  readonly tests?: TestsFeature;
  /** Each is an upstream, under the name by which features refer to it. */
  readonly upstreams?: Readonly<
    Record<
      string,
      | string
      | readonly (
          | string
          | {
              /** Its address. */
              readonly url: string;
              /** Its share of the requests, compared with the others. Default: 1. */
              readonly weight?: number;
              /** Whether it gets requests only while no other one is available. Default: false. */
              readonly backup?: boolean;
              /** Whether it gets only requests of clients that are bound to it by `sticky`. Default: false. */
              readonly drain?: boolean;
            }
        )[]
      | {
          /** Where it is: one address, or several, each alone or with `url`, `weight`, `backup` and `drain`. Needed unless `discover` finds them. */
          readonly to?:
            | string
            | readonly (
                | string
                | {
                    /** Its address. */
                    readonly url: string;
                    /** Its share of the requests, compared with the others. Default: 1. */
                    readonly weight?: number;
                    /** Whether it gets requests only while no other one is available. Default: false. */
                    readonly backup?: boolean;
                    /** Whether it gets only requests of clients that are bound to it by `sticky`. Default: false. */
                    readonly drain?: boolean;
                  }
              )[];
          /** Where more servers are looked up: `dns`, `srv` or `file`. Default: nowhere. */
          readonly discover?: {
            /** A name whose addresses (A and AAAA) are the servers, looked up again when their TTL has passed. */
            readonly dns?: string;
            /** The port for `dns`. Default: 80; 443 for https. */
            readonly port?: number;
            /** A name whose SRV records are the servers, with weights, and backups by priority. */
            readonly srv?: string;
            /** A file with one address a line, or a JSON list, read again each second. */
            readonly file?: string;
            /** How servers from the DNS are spoken to. Default: http. */
            readonly scheme?: 'http' | 'https';
          };
          /** How one of several servers is chosen: round-robin, least-requests, p2c (the less busy of two), peak-ewma (the faster of two), random, first, or by a hash. Default: round-robin. */
          readonly balance?:
            | 'round-robin'
            | 'least-requests'
            | 'p2c'
            | 'peak-ewma'
            | 'random'
            | 'first'
            | {
                /** What decides: equal values go to the same server. */
                readonly hash:
                  | 'client'
                  | 'uri'
                  | 'path'
                  | {
                      /** The name of the header. */
                      readonly header: string;
                    }
                  | {
                      /** The name of the cookie. */
                      readonly cookie: string;
                    };
                /** How many times its fair share of the requests under way a server may have, before others get some of its keys. HAProxy advises 1.25. Default: no bound. */
                readonly boundedLoad?: number;
              };
          /** Keeps the requests of a client at one server. Default: off. */
          readonly sticky?:
            | string
            | {
                /** The name of a cookie that the server sets. */
                readonly cookie?: string;
                /** In place of a cookie: a header that answers get, and that clients send back. */
                readonly header?: string;
                /** Signs the cookie, so that nobody can choose a server. The same on every machine. Default: none: whoever guesses the address of a server can choose it. */
                readonly secret?: string;
                /** How long the cookie lives. Default: until the browser is closed. */
                readonly maxAge?: string | number;
                /** Default: Lax. */
                readonly sameSite?: 'Strict' | 'Lax' | 'None';
              };
          /** Bounds the requests that each server answers at a time. Default: none. */
          readonly connections?:
            | number
            | {
                /** Requests at a time for each server, WebSockets included. Each worker counts for itself. */
                readonly max: number;
                /** How many more may wait; the next one gets 503. Default: 100. */
                readonly queue?: number;
                /** How long one waits at most, then it gets 503. Default: 5s. */
                readonly queueTimeout?: string | number;
              };
          /** Asks every server regularly whether it works. Each worker asks for itself. Default: off. */
          readonly health?:
            | string
            | {
                /** What is asked for. Default: /. */
                readonly path?: string;
                /** Default: GET. */
                readonly method?: string;
                /** The Host of the check. Default: the server's own. */
                readonly host?: string;
                /** The time between two checks. Default: 5s, as in NGINX Plus. */
                readonly every?: string | number;
                /** How long an answer may take. Default: 1s. */
                readonly timeout?: string | number;
                /** Checks in a row that succeed, until it gets requests again. Default: 2, as in HAProxy. */
                readonly rise?: number;
                /** Checks in a row that fail, until it gets no more requests. Default: 3, as in HAProxy. */
                readonly fall?: number;
                /** The statuses of a success: numbers, or classes such as 2xx. Default: 2xx and 3xx. */
                readonly status?: readonly (number | string)[] | number | string;
                /** A text that the answer must contain. Default: none. */
                readonly body?: string;
              };
          /** Takes a server out for a while that fails too often in a row. Default: off. */
          readonly eject?:
            | true
            | {
                /** Failed requests in a row: a status from 500 on, or no answer. Default: 5, as in Envoy. */
                readonly failures?: number;
                /** How long the first ejection lasts; the second lasts twice as long. Default: 30s, as in Envoy. */
                readonly for?: string | number;
                /** The longest ejection. Default: 5m, as in Envoy. */
                readonly max?: string | number;
                /** At most this share of the servers is ejected at a time, but always one. Default: 0.1, as in Envoy. */
                readonly share?: number;
              };
          /** Answers 503 at once while most requests to a server fail, in place of sending more. Default: off. */
          readonly breaker?:
            | true
            | {
                /** The share of failed requests at which no more are sent. Default: 0.5. */
                readonly errors?: number;
                /** Fewer requests decide nothing. Default: 20. */
                readonly requests?: number;
                /** The time over which requests are counted. Default: 10s. */
                readonly window?: string | number;
                /** How long requests get 503; then one of them tries the server. Default: 10s, as in Traefik. */
                readonly for?: string | number;
              };
          /** Sends a request that failed to another server. Default: only where it could not be connected, to each one. */
          readonly retry?:
            | number
            | {
                /** How often a request is sent at most, the first time included. Default: 2. */
                readonly attempts?: number;
                /** What is tried again: connect, reset (closed without an answer), timeout, bad-response, 5xx, or a status. Default: connect, reset, timeout, 502, 503, 504. */
                readonly on?:
                  | readonly ('connect' | 'reset' | 'timeout' | 'bad-response' | '5xx' | number | string)[]
                  | 'connect'
                  | 'reset'
                  | 'timeout'
                  | 'bad-response'
                  | '5xx'
                  | number
                  | string;
                /** Retries under way, as a share of the requests under way; three are always allowed. Default: 0.2, as in Envoy. */
                readonly budget?: number;
                /** How long each attempt but the last may take until its answer begins. Default: as long as the route says. */
                readonly perTry?: string | number;
                /** Methods that may be sent twice, beside GET, PUT and the other idempotent ones. Default: none. */
                readonly methods?: readonly string[] | string;
              };
          /** How long a server that is new or back takes to get its full share. Default: 0s. */
          readonly slowStart?: string | number;
          /** When a smaller share of the servers is available, all get requests. Default: 0; 0.5 in Envoy. */
          readonly panic?: number;
          /** How long a server that could not be reached is passed over, while there is another. Default: 10s. */
          readonly rest?: string | number;
          /** Sends a PROXY header of this version first, so that the servers know the address of the client; v2 also tells of its TLS. Their connections are then only shared by requests of the same client connection. Default: none is sent. */
          readonly proxyProtocol?: 'v1' | 'v2';
          /** Requests that each server answers before it gets those of clients: when this server starts, when one is new, and when it was away. Each worker asks for itself. Default: none. */
          readonly warmUp?:
            | readonly string[]
            | string
            | {
                /** What is asked for, one after the other. */
                readonly paths: readonly string[] | string;
                /** The Host of these requests. Default: the server's own. */
                readonly host?: string;
                /** How long it may take; then the server gets requests all the same. Default: 90s, as a start in IIS. */
                readonly within?: string | number;
              };
          /** What the servers speak. `http2`: by ALPN with https://, by prior knowledge without; WebSocket needs servers with extended CONNECT (RFC 8441) there. `auto`: what a server with https:// chooses by ALPN, and HTTP/1.1 without TLS and for WebSocket. Default: http1. */
          readonly protocol?: 'http1' | 'http2' | 'auto';
          /** How servers with https:// are verified. Default: by the authorities of Node. */
          readonly tls?: {
            /** A PEM file with the authorities to trust. Default: those that come with Node. */
            readonly ca?: string;
            /** A PEM file: the certificate to show to the servers. Default: none. */
            readonly certificate?: string;
            /** The PEM file of its key. Default: it stands in the file of `certificate`. */
            readonly key?: string;
            /** The name that the certificates of the servers must be for. Default: the host of each address. */
            readonly serverName?: string;
            /** The lowest version. Default: TLSv1.2. */
            readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
            /** insecure-no-verification accepts any certificate: anybody on the way can read and change everything. Default: certificates are verified. */
            readonly verify?: 'insecure-no-verification';
          };
        }
    >
  >;
  /** Each is an application, under the name by which features refer to it. */
  readonly apps?: Readonly<
    Record<
      string,
      {
        /** The program and its arguments: [node, server.js]. No shell reads it. `{port}` and `{socket}` stand for the place where it must listen, which is in the variable PORT too. */
        readonly command: readonly string[];
        /** Its working folder. Default: the folder of this file. */
        readonly cwd?: string;
        /** Variables beside those of the server; `{port}` and `{socket}` are replaced in them too: { ASPNETCORE_URLS: "http://127.0.0.1:{port}" }. Default: none. */
        readonly env?: Readonly<Record<string, string>>;
        /** Where it listens. port: a free port of 127.0.0.1, in PORT. socket: a Unix socket, in WINDHOVER_SOCKET and PORT, which other users of the machine cannot reach. Default: port, since every program can. */
        readonly listen?: 'port' | 'socket';
        /** How many processes share the requests. Default: 1. */
        readonly instances?: number;
        /** How it is found out that an instance can take requests. */
        readonly ready?: {
          /** It must be answered with a status below 500. Default: accepting a connection is enough. */
          readonly path?: string;
          /** Whether the program says itself that it is ready: it writes a line to the file descriptor in WINDHOVER_READY_FD, as under s6. `path` is asked afterwards. Default: false. */
          readonly notice?: boolean;
          /** How long a start may take, with the warm-up. Default: 90s, as in IIS. */
          readonly within?: string | number;
        };
        /** Paths that each instance is asked for before it gets requests of clients. Default: none. */
        readonly warmUp?: readonly string[];
        /** The Host of the warm-up and of probes, for applications that look at it. Default: localhost. */
        readonly host?: string;
        /** always: it starts with the server. on-request: with its first request, which waits. Default: always. */
        readonly start?: 'always' | 'on-request';
        /** Ends an application that nobody uses. Default: it runs on. */
        readonly idle?: {
          /** After how long without a request. The next one starts it again. */
          readonly stopAfter: string | number;
        };
        /** How many requests of each worker may wait for a start; one more gets 503. Default: 1000, as in IIS. */
        readonly queue?: number;
        /** A page that GET and HEAD get at once while no instance is ready, with 503 and Retry-After. Default: they wait like the others. */
        readonly splash?: string;
        /** How long an instance may take to finish its requests and end, before it is killed. Default: 90s, as in IIS. */
        readonly shutdown?: string | number;
        /** When instances are replaced although nothing is wrong. */
        readonly recycle?: {
          /** After how long. Default: 29h as in IIS, so that it is another time of the day each time. null: never. */
          readonly every?: string | number | null;
          /** After how many requests. Default: any number. */
          readonly requests?: number;
          /** When its processes use more memory together, which is looked at every 10 s. Linux only. Default: any amount. */
          readonly memory?: string | number;
          /** At which times of the day, in the machine's own time. Default: none. */
          readonly at?: readonly string[];
          /** Whether the new instance is ready before the old one finishes. Default: true, so that no request waits. false for programs that may run only once. */
          readonly overlap?: boolean;
        };
        /** After how many failures it is not started again, until a reload or `windhover app start`. false: it is started again for ever. */
        readonly rapidFail?:
          | false
          | {
              /** How many. Default: 5, as in IIS. */
              readonly failures?: number;
              /** Within which time. Default: 5m, as in IIS. */
              readonly within?: string | number;
            };
        /** Asks each instance as at its start, and kills one that hangs. That needs `ready.path`: connections are accepted for a program that hangs, too. Default: on. false: it is never asked. */
        readonly ping?:
          | false
          | {
              /** How often. Default: 30s, as in IIS. */
              readonly every?: string | number;
              /** How long it may be silent. Default: 90s, as in IIS. */
              readonly timeout?: string | number;
            };
        /** What each instance may use, with all that it starts. Needs control groups of version 2 (Linux); as a service of systemd this server has them. Where they are missing, the log says so, and the application runs without limits. Default: none. */
        readonly limits?: {
          /** How much memory. A process above it is ended by the system. */
          readonly memory?: string | number;
          /** How many processors: 0.5 is half of one. Above it the application becomes slower. */
          readonly cpus?: number;
          /** How many processes and threads. */
          readonly processes?: number;
        };
        /** The user of its processes, by name or number. The server must run as root for it. Default: that of the server. */
        readonly user?: string | number;
        /** The group of its processes. Default: that of `user`. */
        readonly group?: string | number;
      }
    >
  >;
  /** Each is a cache, under the name by which features refer to it. */
  readonly caches?: Readonly<
    Record<
      string,
      {
        /** How much memory each worker uses. 0: none, if there is a disk. Default: 64MiB, a small part of the memory of any server. */
        readonly memory?: string | number;
        /** A folder, which all workers share. Answers there survive a restart, and may be larger than memory. It is made if it is missing. Default: none. */
        readonly disk?: string;
        /** How large its files may be together; what is just arriving comes on top. Default: 1GiB, which most disks have. */
        readonly diskSize?: string | number;
        /** The name of one of `stores`: several servers share the answers, and purges hold for all of them. What is in memory are copies. Default: none. */
        readonly store?: string;
        /** How much the answers may take in that store. Default: 256MiB, so that limits and sessions in it keep their room. */
        readonly storeSize?: string | number;
        /** What holds while the store cannot be reached. open: requests go on to the origin, since copies may have been purged by others meanwhile. local: the copies are used all the same. Default: open. */
        readonly onStoreError?: 'open' | 'local';
      }
    >
  >;
  /** Each is a list of users, under the name by which features refer to it. */
  readonly users?: Readonly<
    Record<
      string,
      | string
      | {
          /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
          readonly htpasswd?: string;
          /** In place of a file: names, each with the hash of its password, as in such a file. */
          readonly list?: Readonly<Record<string, string>>;
          /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
          readonly roles?: Readonly<Record<string, readonly string[]>>;
        }
    >
  >;
  /** Each is a store, under the name by which features refer to it. */
  readonly stores?: Readonly<
    Record<
      string,
      {
        /** A Redis or Valkey that several servers share. */
        readonly redis:
          | string
          | {
              /** A server: redis://user:password@host:6379/0, rediss: for TLS. Or write cluster or sentinels. */
              readonly url?: string;
              /** Some servers of a cluster; the others are found. */
              readonly cluster?: readonly string[];
              /** Sentinels, which know the server to use. */
              readonly sentinels?: readonly string[];
              /** With sentinels: the name of the group they watch. */
              readonly master?: string;
              /** Of a cluster, or of the server that sentinels name. */
              readonly username?: string;
              /** The same, best from a variable. */
              readonly password?: string;
              /** What all keys begin with. Default: windhover:. */
              readonly prefix?: string;
            };
      }
    >
  >;
  /** Files, or patterns such as `./sites/*.yaml`, whose top-level maps are added. */
  readonly include?: string | readonly string[];
  /** npm packages with features, found from the folder of the configuration. */
  readonly plugins?: readonly string[];
  /** The site for hosts that no site names. Default: none, they get 421, so that nobody sees a site by accident. */
  readonly defaultSite?: string;
  /** The sites, by names that only logs and messages use. Required, unless there is `ftp`. */
  readonly sites?: Readonly<Record<string, SiteConfig>>;
}

/** A group of hosts and their routes. A plugin may add its key to this interface. */
export interface SiteConfig {
  /** The hosts it answers; "*.example.com" stands for one or more labels more. Only a site that is alone, or the `defaultSite`, can do without. */
  readonly hosts?: string | readonly string[];
  readonly tls?: TlsFeature;
  readonly accessLog?: AccessLogFeature;
  readonly requestTrace?: RequestTraceFeature;
  readonly tracing?: TracingFeature;
  readonly redirect?: RedirectFeature;
  readonly rewrite?: RewriteFeature;
  readonly requestId?: RequestIdFeature;
  readonly errorPages?: ErrorPagesFeature;
  readonly requestHeaders?: RequestHeadersFeature;
  readonly responseHeaders?: ResponseHeadersFeature;
  readonly hsts?: HstsFeature;
  readonly securityHeaders?: SecurityHeadersFeature;
  readonly serverTiming?: ServerTimingFeature;
  readonly allowedHosts?: AllowedHostsFeature;
  readonly cors?: CorsFeature;
  readonly timeout?: TimeoutFeature;
  readonly maxRequestBody?: MaxRequestBodyFeature;
  readonly ipFilter?: IpFilterFeature;
  readonly requestFilter?: RequestFilterFeature;
  readonly dynamicIp?: DynamicIpFeature;
  readonly rateLimit?: RateLimitFeature;
  readonly concurrency?: ConcurrencyFeature;
  readonly session?: SessionFeature;
  readonly throttle?: ThrottleFeature;
  readonly auth?: AuthFeature;
  readonly authorize?: AuthorizeFeature;
  readonly websocket?: WebsocketFeature;
  readonly cache?: CacheFeature;
  readonly compress?: CompressFeature;
  readonly decompress?: DecompressFeature;
  readonly outbound?: OutboundFeature;
  readonly tests?: TestsFeature;
  /** What answers, by path. Their order matters only between routes of one path. Required. */
  readonly routes: readonly RouteConfig[];
}

/** A path, its conditions, and what answers. A plugin may add its key to this interface. */
export interface RouteConfig {
  /** What it covers: itself and everything below, by whole segments. The longest that fits wins. Required. */
  readonly path: string;
  /** Whether it covers only itself, and nothing below. */
  readonly exact?: boolean;
  /** The methods it takes; GET covers HEAD. Others get 405 with Allow, unless another route of the same path takes them. */
  readonly methods?: string | readonly string[];
  /** The hosts of the site that it is for, if not all. */
  readonly hosts?: string | readonly string[];
  /** Fields of the request by name: the value it must have, true for any, false for none. */
  readonly headers?: Readonly<Record<string, string | boolean>>;
  /** The same for parameters of the query. */
  readonly query?: Readonly<Record<string, string | boolean>>;
  readonly accessLog?: AccessLogFeature;
  readonly requestTrace?: RequestTraceFeature;
  readonly tracing?: TracingFeature;
  readonly redirect?: RedirectFeature;
  readonly rewrite?: RewriteFeature;
  readonly requestId?: RequestIdFeature;
  readonly errorPages?: ErrorPagesFeature;
  readonly requestHeaders?: RequestHeadersFeature;
  readonly responseHeaders?: ResponseHeadersFeature;
  readonly hsts?: HstsFeature;
  readonly securityHeaders?: SecurityHeadersFeature;
  readonly serverTiming?: ServerTimingFeature;
  readonly allowedHosts?: AllowedHostsFeature;
  readonly cors?: CorsFeature;
  readonly timeout?: TimeoutFeature;
  readonly maxRequestBody?: MaxRequestBodyFeature;
  readonly ipFilter?: IpFilterFeature;
  readonly requestFilter?: RequestFilterFeature;
  readonly dynamicIp?: DynamicIpFeature;
  readonly rateLimit?: RateLimitFeature;
  readonly concurrency?: ConcurrencyFeature;
  readonly session?: SessionFeature;
  readonly throttle?: ThrottleFeature;
  readonly auth?: AuthFeature;
  readonly authorize?: AuthorizeFeature;
  readonly websocket?: WebsocketFeature;
  readonly cache?: CacheFeature;
  readonly compress?: CompressFeature;
  readonly decompress?: DecompressFeature;
  readonly outbound?: OutboundFeature;
  readonly fallback?: FallbackFeature;
  readonly mirror?: MirrorFeature;
  readonly static?: StaticFeature;
  readonly proxy?: ProxyFeature;
  readonly app?: AppFeature;
  readonly split?: SplitFeature;
  readonly respond?: RespondFeature;
}

/** Certificates that this server gets by itself, for sites and listeners with `tls: auto`, and those of a folder. */
export type CertificatesFeature =
  | {
      /** Where certificates are ordered. true: Let's Encrypt. A list: the next authority is asked when one fails. Default: nowhere. */
      readonly acme?:
        | true
        | string
        | {
            /** Where the authority writes when something is wrong. Default: nowhere. */
            readonly email?: string;
            /** The address of the authority's directory. Default: that of Let's Encrypt. You agree to the authority's terms by naming it. */
            readonly directory?: string;
            /** How the authority sees that a name is yours, in the order to try: http-01 needs port 80 of the name, tls-alpn-01 needs port 443, dns-01 needs `dns` and is the only way to wildcards. Default: all that can be answered, in this order. */
            readonly challenge?:
              | 'http-01'
              | 'tls-alpn-01'
              | 'dns-01'
              | readonly ('http-01' | 'tls-alpn-01' | 'dns-01')[];
            /** How records of the DNS are changed, for dns-01: _acme-challenge of a name, or the record that it is an alias of (CNAME). Default: they are not. */
            readonly dns?: {
              /** A program and its first arguments. It is called with `present` or `cleanup`, the name of the record and its value, as the provider `exec` of lego does. */
              readonly command?: readonly string[];
              /** A service that takes a POST to /present and /cleanup with the JSON { fqdn, value }, as the provider `httpreq` of lego does. */
              readonly url?: string;
              /** How long the name servers take until all of them show a new record. Default: 0, the program or service waits for that. */
              readonly wait?: string | number;
            };
            /** Binds the account to one that you have at the authority (external account binding). Default: none. */
            readonly eab?: {
              /** The name of the key, as the authority shows it. */
              readonly keyId: string;
              /** The key itself, in base64url: best from a variable. */
              readonly macKey: string;
            };
            /** A PEM file: the roots of the authority's own server, for one inside your network. Default: the well-known ones. */
            readonly ca?: string;
            /** A profile of the authority: shortlived, for instance. Default: it chooses. */
            readonly profile?: string;
            /** The kind of keys. Default: ec, whose handshakes cost a fraction of those of RSA. */
            readonly key?: 'ec' | 'rsa';
            /** The same as `store` beside `acme`. */
            readonly store?: string;
          }
        | readonly (
            | true
            | string
            | {
                /** Where the authority writes when something is wrong. Default: nowhere. */
                readonly email?: string;
                /** The address of the authority's directory. Default: that of Let's Encrypt. You agree to the authority's terms by naming it. */
                readonly directory?: string;
                /** How the authority sees that a name is yours, in the order to try: http-01 needs port 80 of the name, tls-alpn-01 needs port 443, dns-01 needs `dns` and is the only way to wildcards. Default: all that can be answered, in this order. */
                readonly challenge?:
                  | 'http-01'
                  | 'tls-alpn-01'
                  | 'dns-01'
                  | readonly ('http-01' | 'tls-alpn-01' | 'dns-01')[];
                /** How records of the DNS are changed, for dns-01: _acme-challenge of a name, or the record that it is an alias of (CNAME). Default: they are not. */
                readonly dns?: {
                  /** A program and its first arguments. It is called with `present` or `cleanup`, the name of the record and its value, as the provider `exec` of lego does. */
                  readonly command?: readonly string[];
                  /** A service that takes a POST to /present and /cleanup with the JSON { fqdn, value }, as the provider `httpreq` of lego does. */
                  readonly url?: string;
                  /** How long the name servers take until all of them show a new record. Default: 0, the program or service waits for that. */
                  readonly wait?: string | number;
                };
                /** Binds the account to one that you have at the authority (external account binding). Default: none. */
                readonly eab?: {
                  /** The name of the key, as the authority shows it. */
                  readonly keyId: string;
                  /** The key itself, in base64url: best from a variable. */
                  readonly macKey: string;
                };
                /** A PEM file: the roots of the authority's own server, for one inside your network. Default: the well-known ones. */
                readonly ca?: string;
                /** A profile of the authority: shortlived, for instance. Default: it chooses. */
                readonly profile?: string;
                /** The kind of keys. Default: ec, whose handshakes cost a fraction of those of RSA. */
                readonly key?: 'ec' | 'rsa';
                /** The same as `store` beside `acme`. */
                readonly store?: string;
              }
          )[];
      /** Where certificates, keys and accounts are kept: the name of one of `stores`, so that several servers order one certificate together, or { folder }. Default: $STATE_DIRECTORY or /var/lib/windhover for root, ~/.local/share/windhover for others, and there `certificates`. */
      readonly store?:
        | string
        | {
            /** A folder. It is made if it is missing, for this user only. */
            readonly folder: string;
          };
      /** A folder with certificates by server name: www.example.com.pem (with .key beside it, if the key is not in it) or .pfx, and _.example.com.pem for all names with one more label. Listeners with `tls` show them, whatever sites there are. Default: none. */
      readonly folder?:
        | string
        | {
            /** The folder. Files are read when a client first asks for the name, and again after they have changed. */
            readonly path: string;
            /** Opens every .pfx. Default: an empty password. */
            readonly password?: string;
          };
      /** Whether names that no public authority issues for, such as localhost, get certificates of an authority of this machine. `windhover trust` makes browsers here trust it. Default: false. */
      readonly local?: boolean;
      /** Orders certificates for names that no site has, when a client asks for them. Default: off. */
      readonly onDemand?:
        | string
        | {
            /** Is asked with ?domain=NAME before a certificate is ordered for a name that no site has; 2xx allows it. Without that question anybody could make this server order certificates. */
            readonly ask: string;
          };
    }
  | boolean;

/** At a listener: `true`, it speaks HTTPS, with the certificates of the sites. At a site: its certificate. */
export type TlsFeature =
  | 'auto'
  | {
      /** auto: this server gets it by itself, see `certificates` at the top. Otherwise a PEM file: the server's own certificate first, then those between it and a known root. At a listener: for clients that ask for no name, or an unknown one; without it they are refused. */
      readonly certificate?: string;
      /** The PEM file of its private key. Default: the key stands in the file of `certificate`. */
      readonly key?: string;
      /** Opens an encrypted key. Default: the key is not encrypted. */
      readonly passphrase?: string;
      /** At a site: its clients are asked for a certificate; those of other sites are not. `auth: { clientCertificate: … }` finds the user. */
      readonly clientCertificates?:
        | string
        | {
            /** A PEM file: the authorities that sign certificates of clients. No other is trusted. */
            readonly ca: string;
            /** A PEM file: the revocation lists of these authorities, one for each that signs something. Default: revocation is not checked. */
            readonly crl?: string;
            /** require: the handshake fails without a valid certificate. request: it does not, and `auth` decides. Default: require. */
            readonly mode?: 'require' | 'request';
          };
      /** At a listener: what clients get that ask for no name, or for one that no site has. refuse: nothing. A host of a site: its certificate. Default: the certificate of the listener, otherwise that of the default site or of a site whose host is an address, otherwise nothing. */
      readonly default?: string;
      /** At a listener: versions and cipher suites. modern: TLS 1.3 only. intermediate: TLS 1.2 too, with forward secrecy and authenticated encryption. compatible: also suites with CBC, for clients of about 2013. Default: intermediate, which every browser of the last ten years speaks. */
      readonly profile?: 'modern' | 'intermediate' | 'compatible';
      /** At a listener: the lowest version. Default: that of the profile, TLSv1.2, since RFC 8996 forbids older ones. */
      readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
      /** At a listener: a list in OpenSSL's notation, those of TLS 1.3 included. Default: that of the profile. */
      readonly ciphers?: string;
      /** At a listener: how long a client may take. Default: 10s, as in Kestrel. */
      readonly handshakeTimeout?: string | number;
      /** At a listener: how many handshakes may be under way in each worker; one more connection is reset. Default: 2000, since each keeps some 50 KB. */
      readonly maxHandshakes?: number;
      /** At a listener: a file of 32 random bytes or more that several machines have in common, so that they resume the sessions of each other (`openssl rand -out tickets.key 32`). The keys are made from it, new ones every 12 hours. Keep it as safe as a private key. Default: the workers of this server share keys that nobody else has. */
      readonly tickets?: string;
      /** At a listener: whether clients get the answer of the OCSP responder that a certificate names along with it, so that they need not ask there. It is asked for ahead; a handshake never waits for it. Default: true. */
      readonly stapling?: boolean;
      /** At a listener: a file that gets the keys of every connection, for Wireshark and the like. Whoever has it can read recorded connections: for debugging only. Default: none. */
      readonly keyLog?: string;
    }
  | boolean;

/** Serves the management API and the console: what runs, what it does, and how to change it. */
export type AdminFeature =
  | {
      /** The address. Default: 127.0.0.1:9146. A port alone is one of 127.0.0.1. Another address than one of this machine alone needs `tls`. */
      readonly listen?: number | string;
      readonly tls?: TlsFeature;
      /** Host names under which it may be asked, besides localhost and the address. Default: none. */
      readonly hosts?: readonly string[];
      /** Who may log in: the name of a list under `users`, or a list in place. */
      readonly users?:
        | string
        | {
            /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
            readonly htpasswd?: string;
            /** In place of a file: names, each with the hash of its password, as in such a file. */
            readonly list?: Readonly<Record<string, string>>;
            /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
            readonly roles?: Readonly<Record<string, readonly string[]>>;
          };
      /** What each may do: names of users, or of their roles; others may not log in. Default: all may do everything. */
      readonly roles?: {
        /** Who may only look. Default: nobody. */
        readonly look?: readonly string[];
        /** Who may also act on what runs: drain servers, purge caches, recycle applications. Default: nobody. */
        readonly operate?: readonly string[];
        /** Who may do everything. Default: nobody. */
        readonly configure?: readonly string[];
      };
      /** Tokens of programs. Default: none. */
      readonly tokens?: readonly {
        /** Who uses it, for the audit log. */
        readonly name: string;
        /** look reads, operate also acts on what runs, configure changes the configuration too. Default: look. */
        readonly role?: 'look' | 'operate' | 'configure';
        /** The SHA-256 of the token, so that who reads this file cannot use it. */
        readonly sha256?: string;
        /** The token itself, at least 20 characters. Better `sha256`, or a variable of the environment. */
        readonly token?: string;
      }[];
      /** The file that takes who did what, as lines of JSON. false: none. Default: audit.log in the folder of `history`. */
      readonly audit?: string | false;
      /** The folder of earlier configurations, and how many it keeps. false: none. Default: 50 in a folder beside the file. */
      readonly history?:
        | false
        | string
        | {
            /** The folder. Default: the name of the file with .history, beside it. */
            readonly folder?: string;
            /** How many are kept. Default: 50. */
            readonly keep?: number;
          };
      /** Whether the console is served, a page for browsers. Default: true. */
      readonly console?: boolean;
      /** Folders that `windhover deploy` fills, by name. Default: none. */
      readonly deployments?: Readonly<
        Record<
          string,
          | string
          | {
              /** Versions lie in `versions` below it; serve `current`, which leads to the one in use. */
              readonly folder: string;
              /** The application under `apps` that is recycled after a switch. Default: none. */
              readonly pool?: string;
              /** How many versions are kept. Default: 5. */
              readonly keep?: number;
            }
        >
      >;
      /** The longest ZIP file. Default: 256MiB. */
      readonly maxUpload?: string | number;
    }
  | boolean;

/** Serves files with FTP: a list of servers. */
export type FtpFeature =
  | readonly {
      /** The address. Default: 21. */
      readonly listen?: number | string;
      readonly tls?: TlsFeature;
      /** A PEM file. Default: the certificates of the sites, as at the first listener with `tls`. */
      readonly certificate?: string;
      /** The PEM file of its key. Default: it stands in the file of `certificate`. */
      readonly key?: string;
      /** Certificates that clients are asked for; beside `certificate`. Default: they are not asked. */
      readonly clientCertificates?:
        | string
        | {
            /** A PEM file: the authorities that sign certificates of clients. No other is trusted. */
            readonly ca: string;
            /** A PEM file: the revocation lists of these authorities, one for each that signs something. Default: revocation is not checked. */
            readonly crl?: string;
            /** require: the handshake fails without a valid certificate. request: it does not, and `auth` decides. Default: require. */
            readonly mode?: 'require' | 'request';
          };
      /** Whether data connections must resume the TLS session of the control connection, so that nobody else can take them. curl and lftp do so; Python's ftplib cannot. Default: true. */
      readonly requireSessionReuse?: boolean;
      /** Ports for data connections, 50000-50100 for instance. Default: any. */
      readonly passivePorts?: string;
      /** The IPv4 address that clients reach, behind address translation. Default: the one that they connected to. */
      readonly publicAddress?: string;
      /** Whether the server may connect to clients. Default: true. */
      readonly active?: boolean;
      readonly connectionFilter?: ConnectionFilterFeature;
      /** Who can log in: the name of a list under `users`, or a list in place. Default: nobody. */
      readonly users?:
        | string
        | {
            /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
            readonly htpasswd?: string;
            /** In place of a file: names, each with the hash of its password, as in such a file. */
            readonly list?: Readonly<Record<string, string>>;
            /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
            readonly roles?: Readonly<Record<string, readonly string[]>>;
          };
      /** Who logs in with a client certificate, without a password: rules as those of `auth: { clientCertificate: … }`. The name that the client sends must be that of the rule. Default: nobody. */
      readonly certificateUsers?: readonly {
        /** One certificate, by the SHA-256 of its DER form. */
        readonly fingerprint?: string;
        /** Fields of the subject, `*` for anything: { O: Example, CN: "*.staff" }. */
        readonly subject?: Readonly<Record<string, string>>;
        /** Fields of the issuer. */
        readonly issuer?: Readonly<Record<string, string>>;
        /** The name of the user, with fields of the subject in braces: "{CN}". null: such certificates are refused. */
        readonly user: string | null;
        /** The roles of the user. Default: none. */
        readonly roles?: readonly string[];
      }[];
      /** Whether `anonymous` may log in with any password. Default: false. */
      readonly anonymous?: boolean;
      /** The folder with the files. */
      readonly root: string;
      /** none: all users have the whole root. start-in-user-folder: they begin in the folder of their name. isolate-root: each has LocalUser/NAME alone, and `folders`. isolate-all: without `folders`. Default: none. */
      readonly isolation?: 'none' | 'start-in-user-folder' | 'isolate-root' | 'isolate-all';
      /** Virtual folders: paths such as /shared, each with a folder of the disk. Default: none. */
      readonly folders?: Readonly<Record<string, string>>;
      /** Who may read and write what. Default: users everything, who is anonymous may read. */
      readonly rules?: readonly {
        /** Rules that deny come first. Default: allow. */
        readonly access?: 'allow' | 'deny';
        /** Names; * is everybody, ? who is anonymous. Default: everybody, unless there are `roles`. */
        readonly users?: readonly string[];
        /** Roles of users. Default: none. */
        readonly roles?: readonly string[];
        /** What the rule is about. Default: both. */
        readonly to?: readonly ('read' | 'write')[];
        /** The folder that it is about, with all below. Default: /. */
        readonly path?: string;
      }[];
      /** whole: a file gets its name once all of it has come. Default: in-place, which can be resumed. */
      readonly uploads?: 'in-place' | 'whole';
      /** How many bytes the files of a user may have together; an upload that goes beyond it ends with 552. All below the root of the user counts, so users without isolation share one quota; `folders` do not count. Default: no limit. */
      readonly quota?:
        | string
        | number
        | null
        | {
            /** That of all users who are not named. Default: no limit. */
            readonly default?: string | number | null;
            /** By the name of the user; null: no limit. Default: none. */
            readonly users?: Readonly<Record<string, string | number | null>>;
          };
      /** What clients are greeted with. Default: Welcome. */
      readonly greeting?: string;
      /** More sites, by the name that clients send with HOST (RFC 7151), each with `root`, `users` and the other keys of users and files, down to `quota` and `greeting`. With some, other names are refused; a client that sends none gets the server itself. Default: none. */
      readonly hosts?: Readonly<
        Record<
          string,
          {
            /** Who can log in: the name of a list under `users`, or a list in place. Default: nobody. */
            readonly users?:
              | string
              | {
                  /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
                  readonly htpasswd?: string;
                  /** In place of a file: names, each with the hash of its password, as in such a file. */
                  readonly list?: Readonly<Record<string, string>>;
                  /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
                  readonly roles?: Readonly<Record<string, readonly string[]>>;
                };
            /** Who logs in with a client certificate, without a password: rules as those of `auth: { clientCertificate: … }`. The name that the client sends must be that of the rule. Default: nobody. */
            readonly certificateUsers?: readonly {
              /** One certificate, by the SHA-256 of its DER form. */
              readonly fingerprint?: string;
              /** Fields of the subject, `*` for anything: { O: Example, CN: "*.staff" }. */
              readonly subject?: Readonly<Record<string, string>>;
              /** Fields of the issuer. */
              readonly issuer?: Readonly<Record<string, string>>;
              /** The name of the user, with fields of the subject in braces: "{CN}". null: such certificates are refused. */
              readonly user: string | null;
              /** The roles of the user. Default: none. */
              readonly roles?: readonly string[];
            }[];
            /** Whether `anonymous` may log in with any password. Default: false. */
            readonly anonymous?: boolean;
            /** The folder with the files. */
            readonly root: string;
            /** none: all users have the whole root. start-in-user-folder: they begin in the folder of their name. isolate-root: each has LocalUser/NAME alone, and `folders`. isolate-all: without `folders`. Default: none. */
            readonly isolation?: 'none' | 'start-in-user-folder' | 'isolate-root' | 'isolate-all';
            /** Virtual folders: paths such as /shared, each with a folder of the disk. Default: none. */
            readonly folders?: Readonly<Record<string, string>>;
            /** Who may read and write what. Default: users everything, who is anonymous may read. */
            readonly rules?: readonly {
              /** Rules that deny come first. Default: allow. */
              readonly access?: 'allow' | 'deny';
              /** Names; * is everybody, ? who is anonymous. Default: everybody, unless there are `roles`. */
              readonly users?: readonly string[];
              /** Roles of users. Default: none. */
              readonly roles?: readonly string[];
              /** What the rule is about. Default: both. */
              readonly to?: readonly ('read' | 'write')[];
              /** The folder that it is about, with all below. Default: /. */
              readonly path?: string;
            }[];
            /** whole: a file gets its name once all of it has come. Default: in-place, which can be resumed. */
            readonly uploads?: 'in-place' | 'whole';
            /** How many bytes the files of a user may have together; an upload that goes beyond it ends with 552. All below the root of the user counts, so users without isolation share one quota; `folders` do not count. Default: no limit. */
            readonly quota?:
              | string
              | number
              | null
              | {
                  /** That of all users who are not named. Default: no limit. */
                  readonly default?: string | number | null;
                  /** By the name of the user; null: no limit. Default: none. */
                  readonly users?: Readonly<Record<string, string | number | null>>;
                };
            /** What clients are greeted with. Default: Welcome. */
            readonly greeting?: string;
          }
        >
      >;
      /** How LIST writes. Default: unix. */
      readonly listings?: 'unix' | 'msdos';
      /** Sessions at a time, of all workers together. Default: 1000. */
      readonly maxSessions?: number;
      /** The same for one address. Default: 50. */
      readonly maxSessionsPerAddress?: number;
      /** The same for one user. Default: 100. */
      readonly maxSessionsPerUser?: number;
      /** The longest file of an upload. Default: no limit. */
      readonly maxFile?: string | number;
      /** How fast each transfer may be. Default: no limit. */
      readonly rate?: string | number;
      /** How fast a client must be, on average over dataTimeout, while the server waits for it. Default: 240 bytes per second, as in IIS. */
      readonly minRate?: string | number | null;
      /** Time without a command. Default: 120s. */
      readonly idleTimeout?: string | number;
      /** Time without a byte, or with too few, on a data connection. Default: 30s. */
      readonly dataTimeout?: string | number;
      /** Time until the login. Default: 30s. */
      readonly loginTimeout?: string | number;
      /** Where a line for each command goes, in the format of the W3C with the fields of IIS' FTP log. Default: nowhere; logins, transfers and changes are told to the log of the server. */
      readonly log?:
        | string
        | {
            /** console, off, a file such as ./logs/ftp.log, or a syslog server, as in accessLog. */
            readonly to: string;
            /** When access.log is renamed to access.log.1 and a new file begins: before it is larger than size, at the first line of a new period every (1d: midnight UTC). keep older files are kept, 10 by default. Default: never, since logrotate may do it. */
            readonly rotate?: {
              /** The size at which a new file is begun. Default: null, no limit. */
              readonly size?: string | number | null;
              /** A new file begins when a period of this length does; days begin at midnight UTC. Default: null, never. */
              readonly every?: string | number | null;
              /** How many older files are kept: access.log.1 is the newest. Default: 10. */
              readonly keep?: number;
            } | null;
            /** How messages to a syslog server are labelled. */
            readonly syslog?: {
              /** The facility of the messages. Default: local7, as in nginx. */
              readonly facility?:
                | 'kern'
                | 'user'
                | 'mail'
                | 'daemon'
                | 'auth'
                | 'syslog'
                | 'lpr'
                | 'news'
                | 'uucp'
                | 'cron'
                | 'authpriv'
                | 'ftp'
                | 'ntp'
                | 'audit'
                | 'alert'
                | 'clock'
                | 'local0'
                | 'local1'
                | 'local2'
                | 'local3'
                | 'local4'
                | 'local5'
                | 'local6'
                | 'local7';
              /** The name of the application in the messages. Default: windhover. */
              readonly appName?: string;
            };
          };
      /** Logins that fail until an address is shut out, of all workers together. false: never. Default: 4 in 30s, for 30s. */
      readonly denyByFailure?:
        | false
        | {
            /** How many failed logins. Default: 4. */
            readonly failures?: number;
            /** The time in which they are counted, and for which the address is shut out. Default: 30s. */
            readonly period?: string | number;
          };
    }[]
  | boolean;

/** Where a line for each request goes, and what it says. Credentials in it are redacted. */
export type AccessLogFeature =
  | string
  | {
      /** console, off, a file such as ./logs/access.log, or a syslog server: syslog://host:port for UDP, syslog+tcp://host:port. A relative path starts at the folder of the configuration; missing folders are made. Default: console. */
      readonly to?: string;
      /** combined, common, json, w3c, console, or a text with names in braces: {client} {method} {path} {status} {code} {rule} {request.header.accept}; {rule} is the rule that refused the request. Default: console on the console, otherwise combined, which most tools read. */
      readonly format?: string;
      /** When access.log is renamed to access.log.1 and a new file begins: before it is larger than size, at the first line of a new period every (1d: midnight UTC). keep older files are kept, 10 by default. Default: never, since logrotate may do it. */
      readonly rotate?: {
        /** The size at which a new file is begun. Default: null, no limit. */
        readonly size?: string | number | null;
        /** A new file begins when a period of this length does; days begin at midnight UTC. Default: null, never. */
        readonly every?: string | number | null;
        /** How many older files are kept: access.log.1 is the newest. Default: 10. */
        readonly keep?: number;
      } | null;
      /** How messages to a syslog server are labelled. */
      readonly syslog?: {
        /** The facility of the messages. Default: local7, as in nginx. */
        readonly facility?:
          | 'kern'
          | 'user'
          | 'mail'
          | 'daemon'
          | 'auth'
          | 'syslog'
          | 'lpr'
          | 'news'
          | 'uucp'
          | 'cron'
          | 'authpriv'
          | 'ftp'
          | 'ntp'
          | 'audit'
          | 'alert'
          | 'clock'
          | 'local0'
          | 'local1'
          | 'local2'
          | 'local3'
          | 'local4'
          | 'local5'
          | 'local6'
          | 'local7';
        /** The name of the application in the messages. Default: windhover. */
        readonly appName?: string;
      };
    }
  | boolean;

/** How clients may ask for HTTP/2. alpn: in the TLS handshake, as browsers do. prior-knowledge: without TLS too, by beginning with it, as gRPC and other proxies do; HTTP/1.1 is served there as well. never or false: HTTP/1.1 only. Default: alpn. */
export type Http2Feature = 'alpn' | 'prior-knowledge' | 'never' | false;

/** Takes the address of the client from the PROXY header, version 1 or 2, that HAProxy and the load balancers of clouds send before the first byte of TLS or HTTP. */
export type ProxyProtocolFeature =
  | string
  | readonly string[]
  | {
      /** The proxies in front: addresses, networks, and the presets loopback, private, linklocal and unix. Each of their connections must begin with a PROXY header; that of nobody else is read. */
      readonly from: string | readonly string[];
      /** What happens to connections of others. plain: they are served as what they are. refuse: they are closed. Default: plain. */
      readonly others?: 'plain' | 'refuse';
      readonly timeout?: TimeoutFeature;
    }
  | boolean;

/** Keeps every step of some requests: which layer did what, when and why. True: of those that failed with 500 and above or got no answer, and those that took 5s. The console and `GET /api/v1/traces` show them. */
export type RequestTraceFeature =
  | true
  | {
      /** Answers with these statuses. Default: all. */
      readonly status?: number | string | readonly (number | string)[];
      /** Requests that took at least so long. Default: all. */
      readonly slower?: string | number;
      /** Requests for these paths, and for what lies below them. Default: all. */
      readonly path?: string | readonly string[];
      /** Requests with these methods. Default: all. */
      readonly methods?: string | readonly string[];
      /** How many of these requests are kept: 0.1 is a tenth. Default: 1, all of them. */
      readonly share?: number;
      /** Several rules. Default: the keys beside it are the rule. */
      readonly rules?:
        | {
            /** Answers with these statuses. Default: all. */
            readonly status?: number | string | readonly (number | string)[];
            /** Requests that took at least so long. Default: all. */
            readonly slower?: string | number;
            /** Requests for these paths, and for what lies below them. Default: all. */
            readonly path?: string | readonly string[];
            /** Requests with these methods. Default: all. */
            readonly methods?: string | readonly string[];
            /** How many of these requests are kept: 0.1 is a tenth. Default: 1, all of them. */
            readonly share?: number;
          }
        | readonly {
            /** Answers with these statuses. Default: all. */
            readonly status?: number | string | readonly (number | string)[];
            /** Requests that took at least so long. Default: all. */
            readonly slower?: string | number;
            /** Requests for these paths, and for what lies below them. Default: all. */
            readonly path?: string | readonly string[];
            /** Requests with these methods. Default: all. */
            readonly methods?: string | readonly string[];
            /** How many of these requests are kept: 0.1 is a tenth. Default: 1, all of them. */
            readonly share?: number;
          }[];
      /** How many requests each worker keeps, the latest ones. Default: 50, as many as IIS; each takes some kilobytes. */
      readonly keep?: number;
    }
  | boolean;

/** Continues or begins a trace (W3C traceparent and tracestate), for logs and upstreams. Makes spans where an SDK of OpenTelemetry is registered. */
export type TracingFeature =
  | {
      /** Whether a trace that comes with the request is continued. Default: true, as everywhere. false where strangers should not add to your traces. */
      readonly trust?: boolean;
      /** The share of new traces that are marked as recorded, if there is no SDK to decide. Default: 1, since applications behind follow the mark. */
      readonly sample?: number;
    }
  | boolean;

/** The proxies that may say who the client is, and which scheme and host it used. */
export type TrustedProxiesFeature =
  | string
  | readonly string[]
  | {
      /** The proxies in front: addresses, networks, and the presets loopback, private, linklocal and unix. */
      readonly from: string | readonly string[];
      /** The header fields that the proxies send: X-Forwarded-* (default) or Forwarded. The other kind is never read. */
      readonly headers?: 'x-forwarded' | 'forwarded';
      /** How many proxies in a row may be trusted. Default: 8. */
      readonly maxHops?: number;
    }
  | boolean;

/** Sends clients to another address: to HTTPS or one host by a word, pages that moved by `from` and `to`, thousands of them by a `map`. Several are given as a list. If a trusted proxy says that the client used HTTPS, `https` redirects no more. */
export type RedirectFeature =
  | 'https'
  | 'www'
  | 'no-www'
  | 'trailing-slash'
  | 'no-trailing-slash'
  | 'lower-case'
  | {
      /** Sends everything to HTTPS; a number is the port of the HTTPS listener, as clients reach it. Default: false. */
      readonly https?:
        | boolean
        | number
        | {
            /** The port of the HTTPS listener, as clients reach it. Default: 443. */
            readonly port?: number;
            /** Default: 308, which keeps the method and is remembered by browsers. 307 is not remembered. */
            readonly status?: 301 | 302 | 303 | 307 | 308;
          };
      /** The one host name of the site; or `www` and `no-www`, which add `www.` or take it away. Default: any. */
      readonly host?: string;
      /** Whether paths end with a slash. Names of files, which have a dot, get none. Default: as they are. */
      readonly trailingSlash?: 'add' | 'remove';
      /** Whether paths are written in lower case. Default: false. */
      readonly lowerCase?: boolean;
      /** Default: 308, which keeps the method and is remembered by browsers. 307 is not remembered. */
      readonly status?: 301 | 302 | 303 | 307 | 308;
    }
  | {
      /** A file with a line `old new` for each page, separated by a comma or spaces, and a status after it if wanted. */
      readonly map: string;
      /** The status of lines without one. Default: 301, for good. */
      readonly status?: 301 | 302 | 303 | 307 | 308;
      /** Whether upper and lower case of paths are the same. Default: false. */
      readonly ignoreCase?: boolean;
      /** Whether the query of the request is kept. Default: keep. */
      readonly query?: 'keep' | 'drop';
    }
  | {
      /** Its name, for `windhover explain` and messages. Default: its place and path. */
      readonly name?: string;
      /** A path: `/old`, `/p/:id`, `/old/*`. `:name` is one segment, `*` at the end all the rest. Default: every path. */
      readonly from?: string;
      /** A regular expression on the path, which begins with /, in place of `from`. It takes linear time, or is refused. */
      readonly pattern?: string;
      /** Whether upper and lower case are the same. Default: false, as in paths. */
      readonly ignoreCase?: boolean;
      /** Whether it applies to paths that do not match. Default: false. */
      readonly not?: boolean;
      /** Default: every method. */
      readonly methods?: readonly string[];
      /** Host names; `*.example.com` is every name below. Default: every host. */
      readonly hosts?: readonly string[];
      /** Conditions that must all hold; `{ any: […] }`: one of them. Default: none. */
      readonly when?:
        | readonly (
            | {
                /** A text with values: `{host}`, `{header.user-agent}`, `{query.id}`, `{cookie.beta}`. */
                readonly value: string;
                /** The text that it must be, or several. Default: it must not be empty. */
                readonly is?: string | readonly string[];
                /** A regular expression, in place of `is`. Its groups are `{C:1}` and so on in `to`. */
                readonly pattern?: string;
                /** Default: false. */
                readonly ignoreCase?: boolean;
                /** Turns the condition round. Default: false. */
                readonly not?: boolean;
              }
            | {
                /** A folder: the condition holds if the requested path is a file in it. */
                readonly file?: string;
                /** A folder: the condition holds if the requested path is a folder in it. */
                readonly folder?: string;
                /** Turns the condition round. Default: false. */
                readonly not?: boolean;
              }
          )[]
        | {
            /** One of them must hold. */
            readonly any: readonly (
              | {
                  /** A text with values: `{host}`, `{header.user-agent}`, `{query.id}`, `{cookie.beta}`. */
                  readonly value: string;
                  /** The text that it must be, or several. Default: it must not be empty. */
                  readonly is?: string | readonly string[];
                  /** A regular expression, in place of `is`. Its groups are `{C:1}` and so on in `to`. */
                  readonly pattern?: string;
                  /** Default: false. */
                  readonly ignoreCase?: boolean;
                  /** Turns the condition round. Default: false. */
                  readonly not?: boolean;
                }
              | {
                  /** A folder: the condition holds if the requested path is a file in it. */
                  readonly file?: string;
                  /** A folder: the condition holds if the requested path is a folder in it. */
                  readonly folder?: string;
                  /** Turns the condition round. Default: false. */
                  readonly not?: boolean;
                }
            )[];
          };
      /** Where it leads. `:id` and `*` stand for those of `from`, `{1}` for a group of `pattern`, `{host}` for a value, `{name:{path}}` for a look-up in a map. */
      readonly to: string;
      /** Whether the query of the request is added to that of `to`. Default: keep. */
      readonly query?: 'keep' | 'drop';
      /** Default: 307, which browsers do not remember. 301 or 308 once it is right for good. */
      readonly status?: 301 | 302 | 303 | 307 | 308;
    }
  | readonly (
      | 'https'
      | 'www'
      | 'no-www'
      | 'trailing-slash'
      | 'no-trailing-slash'
      | 'lower-case'
      | {
          /** Sends everything to HTTPS; a number is the port of the HTTPS listener, as clients reach it. Default: false. */
          readonly https?:
            | boolean
            | number
            | {
                /** The port of the HTTPS listener, as clients reach it. Default: 443. */
                readonly port?: number;
                /** Default: 308, which keeps the method and is remembered by browsers. 307 is not remembered. */
                readonly status?: 301 | 302 | 303 | 307 | 308;
              };
          /** The one host name of the site; or `www` and `no-www`, which add `www.` or take it away. Default: any. */
          readonly host?: string;
          /** Whether paths end with a slash. Names of files, which have a dot, get none. Default: as they are. */
          readonly trailingSlash?: 'add' | 'remove';
          /** Whether paths are written in lower case. Default: false. */
          readonly lowerCase?: boolean;
          /** Default: 308, which keeps the method and is remembered by browsers. 307 is not remembered. */
          readonly status?: 301 | 302 | 303 | 307 | 308;
        }
      | {
          /** A file with a line `old new` for each page, separated by a comma or spaces, and a status after it if wanted. */
          readonly map: string;
          /** The status of lines without one. Default: 301, for good. */
          readonly status?: 301 | 302 | 303 | 307 | 308;
          /** Whether upper and lower case of paths are the same. Default: false. */
          readonly ignoreCase?: boolean;
          /** Whether the query of the request is kept. Default: keep. */
          readonly query?: 'keep' | 'drop';
        }
      | {
          /** Its name, for `windhover explain` and messages. Default: its place and path. */
          readonly name?: string;
          /** A path: `/old`, `/p/:id`, `/old/*`. `:name` is one segment, `*` at the end all the rest. Default: every path. */
          readonly from?: string;
          /** A regular expression on the path, which begins with /, in place of `from`. It takes linear time, or is refused. */
          readonly pattern?: string;
          /** Whether upper and lower case are the same. Default: false, as in paths. */
          readonly ignoreCase?: boolean;
          /** Whether it applies to paths that do not match. Default: false. */
          readonly not?: boolean;
          /** Default: every method. */
          readonly methods?: readonly string[];
          /** Host names; `*.example.com` is every name below. Default: every host. */
          readonly hosts?: readonly string[];
          /** Conditions that must all hold; `{ any: […] }`: one of them. Default: none. */
          readonly when?:
            | readonly (
                | {
                    /** A text with values: `{host}`, `{header.user-agent}`, `{query.id}`, `{cookie.beta}`. */
                    readonly value: string;
                    /** The text that it must be, or several. Default: it must not be empty. */
                    readonly is?: string | readonly string[];
                    /** A regular expression, in place of `is`. Its groups are `{C:1}` and so on in `to`. */
                    readonly pattern?: string;
                    /** Default: false. */
                    readonly ignoreCase?: boolean;
                    /** Turns the condition round. Default: false. */
                    readonly not?: boolean;
                  }
                | {
                    /** A folder: the condition holds if the requested path is a file in it. */
                    readonly file?: string;
                    /** A folder: the condition holds if the requested path is a folder in it. */
                    readonly folder?: string;
                    /** Turns the condition round. Default: false. */
                    readonly not?: boolean;
                  }
              )[]
            | {
                /** One of them must hold. */
                readonly any: readonly (
                  | {
                      /** A text with values: `{host}`, `{header.user-agent}`, `{query.id}`, `{cookie.beta}`. */
                      readonly value: string;
                      /** The text that it must be, or several. Default: it must not be empty. */
                      readonly is?: string | readonly string[];
                      /** A regular expression, in place of `is`. Its groups are `{C:1}` and so on in `to`. */
                      readonly pattern?: string;
                      /** Default: false. */
                      readonly ignoreCase?: boolean;
                      /** Turns the condition round. Default: false. */
                      readonly not?: boolean;
                    }
                  | {
                      /** A folder: the condition holds if the requested path is a file in it. */
                      readonly file?: string;
                      /** A folder: the condition holds if the requested path is a folder in it. */
                      readonly folder?: string;
                      /** Turns the condition round. Default: false. */
                      readonly not?: boolean;
                    }
                )[];
              };
          /** Where it leads. `:id` and `*` stand for those of `from`, `{1}` for a group of `pattern`, `{host}` for a value, `{name:{path}}` for a look-up in a map. */
          readonly to: string;
          /** Whether the query of the request is added to that of `to`. Default: keep. */
          readonly query?: 'keep' | 'drop';
          /** Default: 307, which browsers do not remember. 301 or 308 once it is right for good. */
          readonly status?: 301 | 302 | 303 | 307 | 308;
        }
    )[]
  | boolean;

/** Changes which path is asked for, before the site or route is chosen: rules in their order, each of which sees what those before it have made of the request. A rule can redirect, answer or close the connection too. */
export type RewriteFeature =
  | readonly {
      /** Its name, for `windhover explain` and messages. Default: its place and path. */
      readonly name?: string;
      /** A path: `/old`, `/p/:id`, `/old/*`. `:name` is one segment, `*` at the end all the rest. Default: every path. */
      readonly from?: string;
      /** A regular expression on the path, which begins with /, in place of `from`. It takes linear time, or is refused. */
      readonly pattern?: string;
      /** Whether upper and lower case are the same. Default: false, as in paths. */
      readonly ignoreCase?: boolean;
      /** Whether it applies to paths that do not match. Default: false. */
      readonly not?: boolean;
      /** Default: every method. */
      readonly methods?: readonly string[];
      /** Host names; `*.example.com` is every name below. Default: every host. */
      readonly hosts?: readonly string[];
      /** Conditions that must all hold; `{ any: […] }`: one of them. Default: none. */
      readonly when?:
        | readonly (
            | {
                /** A text with values: `{host}`, `{header.user-agent}`, `{query.id}`, `{cookie.beta}`. */
                readonly value: string;
                /** The text that it must be, or several. Default: it must not be empty. */
                readonly is?: string | readonly string[];
                /** A regular expression, in place of `is`. Its groups are `{C:1}` and so on in `to`. */
                readonly pattern?: string;
                /** Default: false. */
                readonly ignoreCase?: boolean;
                /** Turns the condition round. Default: false. */
                readonly not?: boolean;
              }
            | {
                /** A folder: the condition holds if the requested path is a file in it. */
                readonly file?: string;
                /** A folder: the condition holds if the requested path is a folder in it. */
                readonly folder?: string;
                /** Turns the condition round. Default: false. */
                readonly not?: boolean;
              }
          )[]
        | {
            /** One of them must hold. */
            readonly any: readonly (
              | {
                  /** A text with values: `{host}`, `{header.user-agent}`, `{query.id}`, `{cookie.beta}`. */
                  readonly value: string;
                  /** The text that it must be, or several. Default: it must not be empty. */
                  readonly is?: string | readonly string[];
                  /** A regular expression, in place of `is`. Its groups are `{C:1}` and so on in `to`. */
                  readonly pattern?: string;
                  /** Default: false. */
                  readonly ignoreCase?: boolean;
                  /** Turns the condition round. Default: false. */
                  readonly not?: boolean;
                }
              | {
                  /** A folder: the condition holds if the requested path is a file in it. */
                  readonly file?: string;
                  /** A folder: the condition holds if the requested path is a folder in it. */
                  readonly folder?: string;
                  /** Turns the condition round. Default: false. */
                  readonly not?: boolean;
                }
            )[];
          };
      /** Where it leads. `:id` and `*` stand for those of `from`, `{1}` for a group of `pattern`, `{host}` for a value, `{name:{path}}` for a look-up in a map. */
      readonly to?: string;
      /** Whether the query of the request is added to that of `to`. Default: keep. */
      readonly query?: 'keep' | 'drop';
      /** Makes it a redirect, which the client sees. Default: it is a rewrite, which the client does not see. */
      readonly status?: 301 | 302 | 303 | 307 | 308;
      readonly respond?: RespondFeature;
      /** Closes the connection without an answer, in place of `to`. Default: false. */
      readonly drop?: boolean;
      /** Request headers to set for what follows, with values such as `{client}`. Default: none. */
      readonly set?: Readonly<Record<string, string>>;
      /** Whether the rules after it are left out. Default: false, they see what it has made of the request. */
      readonly last?: boolean;
    }[]
  | {
      /** The rules, in their order. */
      readonly rules: readonly {
        /** Its name, for `windhover explain` and messages. Default: its place and path. */
        readonly name?: string;
        /** A path: `/old`, `/p/:id`, `/old/*`. `:name` is one segment, `*` at the end all the rest. Default: every path. */
        readonly from?: string;
        /** A regular expression on the path, which begins with /, in place of `from`. It takes linear time, or is refused. */
        readonly pattern?: string;
        /** Whether upper and lower case are the same. Default: false, as in paths. */
        readonly ignoreCase?: boolean;
        /** Whether it applies to paths that do not match. Default: false. */
        readonly not?: boolean;
        /** Default: every method. */
        readonly methods?: readonly string[];
        /** Host names; `*.example.com` is every name below. Default: every host. */
        readonly hosts?: readonly string[];
        /** Conditions that must all hold; `{ any: […] }`: one of them. Default: none. */
        readonly when?:
          | readonly (
              | {
                  /** A text with values: `{host}`, `{header.user-agent}`, `{query.id}`, `{cookie.beta}`. */
                  readonly value: string;
                  /** The text that it must be, or several. Default: it must not be empty. */
                  readonly is?: string | readonly string[];
                  /** A regular expression, in place of `is`. Its groups are `{C:1}` and so on in `to`. */
                  readonly pattern?: string;
                  /** Default: false. */
                  readonly ignoreCase?: boolean;
                  /** Turns the condition round. Default: false. */
                  readonly not?: boolean;
                }
              | {
                  /** A folder: the condition holds if the requested path is a file in it. */
                  readonly file?: string;
                  /** A folder: the condition holds if the requested path is a folder in it. */
                  readonly folder?: string;
                  /** Turns the condition round. Default: false. */
                  readonly not?: boolean;
                }
            )[]
          | {
              /** One of them must hold. */
              readonly any: readonly (
                | {
                    /** A text with values: `{host}`, `{header.user-agent}`, `{query.id}`, `{cookie.beta}`. */
                    readonly value: string;
                    /** The text that it must be, or several. Default: it must not be empty. */
                    readonly is?: string | readonly string[];
                    /** A regular expression, in place of `is`. Its groups are `{C:1}` and so on in `to`. */
                    readonly pattern?: string;
                    /** Default: false. */
                    readonly ignoreCase?: boolean;
                    /** Turns the condition round. Default: false. */
                    readonly not?: boolean;
                  }
                | {
                    /** A folder: the condition holds if the requested path is a file in it. */
                    readonly file?: string;
                    /** A folder: the condition holds if the requested path is a folder in it. */
                    readonly folder?: string;
                    /** Turns the condition round. Default: false. */
                    readonly not?: boolean;
                  }
              )[];
            };
        /** Where it leads. `:id` and `*` stand for those of `from`, `{1}` for a group of `pattern`, `{host}` for a value, `{name:{path}}` for a look-up in a map. */
        readonly to?: string;
        /** Whether the query of the request is added to that of `to`. Default: keep. */
        readonly query?: 'keep' | 'drop';
        /** Makes it a redirect, which the client sees. Default: it is a rewrite, which the client does not see. */
        readonly status?: 301 | 302 | 303 | 307 | 308;
        /** Answers with this status, in place of `to`: 410 for pages that are gone. */
        readonly respond?: number;
        /** Closes the connection without an answer, in place of `to`. Default: false. */
        readonly drop?: boolean;
        /** Request headers to set for what follows, with values such as `{client}`. Default: none. */
        readonly set?: Readonly<Record<string, string>>;
        /** Whether the rules after it are left out. Default: false, they see what it has made of the request. */
        readonly last?: boolean;
      }[];
      /** Tables that rules look values up in, as `{name:{path}}`: written here, or a file with a line `key value` for each. The key `*` stands for all others. Default: none. */
      readonly maps?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    }
  | boolean;

/** Gives each request an id, for the answer, logs, error pages and upstreams. */
export type RequestIdFeature =
  | {
      /** The field it is sent in. Default: X-Request-Id. */
      readonly header?: string;
      /** Whether an id that the request brings is kept. Default: false, since every client could send one. */
      readonly trust?: boolean;
    }
  | boolean;

/** Gives errors a page: HTML, problem+json or text, by what the client accepts. Besides the keys below, a status names the file of its page: `404: ./missing.html`, `5xx: ./sorry.html`, `"404.8": ./hidden.html` for a rule of requestFilter. What has a body already is left as it is, except for the `upstreams` that are named. */
export type ErrorPagesFeature =
  | string
  | {
      /** Pages by status: 404.html, 4xx.html, 5xx.html. For the others, and without a folder, there are built-in ones. */
      readonly folder?: string;
      /** Whether the error pages of upstreams are replaced: true for all, or a list such as [502, 5xx]. Default: false, since an application knows more about its errors. */
      readonly upstreams?: boolean | readonly (number | '4xx' | '5xx')[];
    }
  | boolean;

/** Sets, adds and removes headers of requests, for everything further inside. Several are given as a list. */
export type RequestHeadersFeature =
  | {
      /** Headers in place of others of the same name. Values may hold `{client}`, `{host}`, `{header.accept}`. Default: none. */
      readonly set?: Readonly<Record<string, string>>;
      /** Headers beside others of the same name. Default: none. */
      readonly add?: Readonly<Record<string, string>>;
      /** Headers that are set only if there are none of the name. Default: none. */
      readonly default?: Readonly<Record<string, string>>;
      /** Headers to leave out. Default: none. */
      readonly remove?: readonly string[];
    }
  | boolean
  | readonly {
      /** Headers in place of others of the same name. Values may hold `{client}`, `{host}`, `{header.accept}`. Default: none. */
      readonly set?: Readonly<Record<string, string>>;
      /** Headers beside others of the same name. Default: none. */
      readonly add?: Readonly<Record<string, string>>;
      /** Headers that are set only if there are none of the name. Default: none. */
      readonly default?: Readonly<Record<string, string>>;
      /** Headers to leave out. Default: none. */
      readonly remove?: readonly string[];
    }[];

/** Sets, adds and removes headers of answers. Several are given as a list. */
export type ResponseHeadersFeature =
  | {
      /** Headers in place of others of the same name. Values may hold `{client}`, `{host}`, `{header.accept}`. Default: none. */
      readonly set?: Readonly<Record<string, string>>;
      /** Headers beside others of the same name. Default: none. */
      readonly add?: Readonly<Record<string, string>>;
      /** Headers that are set only if there are none of the name. Default: none. */
      readonly default?: Readonly<Record<string, string>>;
      /** Headers to leave out. Default: none. */
      readonly remove?: readonly string[];
      /** Changes only answers with one of these statuses. Default: all, errors too. */
      readonly statuses?: readonly number[];
      /** Changes only answers of these media types; `text/*` is every text. Default: all. */
      readonly types?: readonly string[];
    }
  | boolean
  | readonly {
      /** Headers in place of others of the same name. Values may hold `{client}`, `{host}`, `{header.accept}`. Default: none. */
      readonly set?: Readonly<Record<string, string>>;
      /** Headers beside others of the same name. Default: none. */
      readonly add?: Readonly<Record<string, string>>;
      /** Headers that are set only if there are none of the name. Default: none. */
      readonly default?: Readonly<Record<string, string>>;
      /** Headers to leave out. Default: none. */
      readonly remove?: readonly string[];
      /** Changes only answers with one of these statuses. Default: all, errors too. */
      readonly statuses?: readonly number[];
      /** Changes only answers of these media types; `text/*` is every text. Default: all. */
      readonly types?: readonly string[];
    }[];

/** Tells browsers that have come over HTTPS to use only HTTPS from then on (Strict-Transport-Security, RFC 6797). */
export type HstsFeature =
  | string
  | number
  | {
      /** How long a browser remembers it. Default: 365d. 0 makes it forget. */
      readonly maxAge?: string | number;
      /** Whether it applies to all subdomains too. Default: false, since one of them may not have HTTPS yet. */
      readonly includeSubDomains?: boolean;
      /** Whether browsers may put the host on their preload lists, which takes months to undo. Default: false. */
      readonly preload?: boolean;
    }
  | boolean;

/** Sends the headers that make browsers careful, on every answer: the set that helmet has made usual. What an application has set stays as it is. */
export type SecurityHeadersFeature =
  | {
      /** What pages may load. true: the usual strict set, which stops inline scripts. Default: false, because it has to fit the pages. */
      readonly contentSecurityPolicy?:
        | boolean
        | {
            /** Directives and their sources: `{ script-src: ["'self'", nonce] }`. `nonce` stands for the nonce of the answer. They are added to the usual ones. Default: the usual ones, which allow what comes from the own origin. */
            readonly directives?: Readonly<Record<string, boolean | string | readonly string[]>>;
            /** Whether the usual directives are left out. Default: false. */
            readonly withoutDefaults?: boolean;
            /** Whether browsers only report what is forbidden. Default: false. */
            readonly reportOnly?: boolean;
            /** Where browsers send reports: a path or an https address. Default: with `reports`, its path; otherwise nowhere. */
            readonly reportTo?: string;
          };
      /** A text in HTML pages, such as `__nonce__`, in whose place the nonce is written. Such pages are marked `private`. Default: none. */
      readonly insertNonce?: string;
      /** A path at which this server takes reports of browsers about the policy, and logs them. Default: none. */
      readonly reports?: string;
      /** The value of Cross-Origin-Opener-Policy; false: it is not sent. Default: same-origin. */
      readonly crossOriginOpenerPolicy?: string | false;
      /** The value of Cross-Origin-Resource-Policy; false: it is not sent. Default: same-origin. */
      readonly crossOriginResourcePolicy?: string | false;
      /** The value of Cross-Origin-Embedder-Policy; false: it is not sent. Default: not sent. */
      readonly crossOriginEmbedderPolicy?: string | false;
      /** The value of Origin-Agent-Cluster; false: it is not sent. Default: ?1. */
      readonly originAgentCluster?: string | false;
      /** The value of Referrer-Policy; false: it is not sent. Default: no-referrer. */
      readonly referrerPolicy?: string | false;
      /** The value of Strict-Transport-Security; false: it is not sent. Default: max-age=31536000. */
      readonly strictTransportSecurity?: string | false;
      /** The value of X-Content-Type-Options; false: it is not sent. Default: nosniff. */
      readonly contentTypeOptions?: string | false;
      /** The value of X-DNS-Prefetch-Control; false: it is not sent. Default: off. */
      readonly dnsPrefetchControl?: string | false;
      /** The value of X-Download-Options; false: it is not sent. Default: noopen. */
      readonly downloadOptions?: string | false;
      /** The value of X-Frame-Options; false: it is not sent. Default: SAMEORIGIN. */
      readonly frameOptions?: string | false;
      /** The value of X-Permitted-Cross-Domain-Policies; false: it is not sent. Default: none. */
      readonly permittedCrossDomainPolicies?: string | false;
      /** The value of X-XSS-Protection; false: it is not sent. Default: 0. */
      readonly xssProtection?: string | false;
      /** The value of Permissions-Policy; false: it is not sent. Default: not sent. */
      readonly permissionsPolicy?: string | false;
      /** Whether X-Powered-By is removed. Default: true. */
      readonly hidePoweredBy?: boolean;
    }
  | boolean;

/** Tells browsers how long an answer took (Server-Timing). It tells strangers too. */
export type ServerTimingFeature =
  | {
      /** Whether the time until the head of the answer is told. Default: true. */
      readonly total?: boolean;
      /** Whether the time of the upstream is told. Default: true. */
      readonly upstream?: boolean;
    }
  | boolean;

/** Host names that are answered; `*.example.com` is every name below. Others get 400, so that a forged Host reaches no application. Sites have this by their `hosts`; it is for a server around one application. Default: every host. */
export type AllowedHostsFeature = readonly string[] | boolean;

/** Lets pages of other origins read answers (CORS). Preflights are answered before anybody has to log in. */
export type CorsFeature =
  | string
  | readonly string[]
  | {
      /** The origins whose pages may read answers: https://app.example.com, https://*.example.com, or "*" for every page. */
      readonly origins: string | readonly string[];
      /** Whether pages may send cookies and logins. Default: false, since such a page acts as its user. */
      readonly credentials?: boolean;
      /** Methods that pages may use. Default: GET, HEAD and POST, which browsers send without asking. */
      readonly methods?: 'any' | readonly string[];
      /** Request headers that pages may set. Default: Content-Type, for JSON. */
      readonly headers?: 'any' | readonly string[];
      /** Response headers that pages may read. Default: only those that every page may read. */
      readonly exposedHeaders?: readonly string[];
      /** How long a browser may reuse the answer to a preflight. Default: 5m. null: the browser decides. */
      readonly maxAge?: string | number | null;
      /** Whether pages on the internet may call a server in a private network. Default: false. */
      readonly privateNetwork?: boolean;
    }
  | boolean;

/** How long an answer may take. An upstream has limits of its own, whichever is shorter counts: `proxy.timeout` is 60s. */
export type TimeoutFeature =
  | string
  | number
  | {
      /** Until the answer begins; 504 beyond. A wait for a place of `concurrency` counts. Default: no limit. */
      readonly start?: string | number;
      /** Until the answer is complete; it is cut off beyond. Default: no limit, since a slow client may take long for a large file. */
      readonly total?: string | number;
    }
  | boolean;

/** The largest body of a request; 413 beyond. It replaces `limits.requestBody` (30MB) here, so it may also be larger, or `unlimited`. */
export type MaxRequestBodyFeature = string | number | 'unlimited' | boolean;

/** Lets in and keeps out connections by address, network and domain name: one that is kept out is reset before a byte is read, before its TLS handshake too. */
export type ConnectionFilterFeature =
  | {
      /** Who is let in. */
      readonly allow?:
        | string
        | {
            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
            readonly domain: string;
          }
        | {
            /** A file with an address, a network or a range in each line; # and ; begin comments. */
            readonly file: string;
            /** How often the file is looked at. Default: 1s. */
            readonly check?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
          }
        | {
            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
            readonly url: string;
            /** How often the list is asked for. Default: 1h. */
            readonly every?: string | number;
            /** How long the answer may take. Default: 10s. */
            readonly timeout?: string | number;
            /** The longest list. Default: 32MiB. */
            readonly maxSize?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
            readonly copy?: string;
            /** Fields of the request, for example with a key. */
            readonly headers?: Readonly<Record<string, string>>;
          }
        | readonly (
            | string
            | {
                /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                readonly domain: string;
              }
            | {
                /** A file with an address, a network or a range in each line; # and ; begin comments. */
                readonly file: string;
                /** How often the file is looked at. Default: 1s. */
                readonly check?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
              }
            | {
                /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                readonly url: string;
                /** How often the list is asked for. Default: 1h. */
                readonly every?: string | number;
                /** How long the answer may take. Default: 10s. */
                readonly timeout?: string | number;
                /** The longest list. Default: 32MiB. */
                readonly maxSize?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
                /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                readonly copy?: string;
                /** Fields of the request, for example with a key. */
                readonly headers?: Readonly<Record<string, string>>;
              }
          )[];
      /** Who is kept out. */
      readonly deny?:
        | string
        | {
            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
            readonly domain: string;
          }
        | {
            /** A file with an address, a network or a range in each line; # and ; begin comments. */
            readonly file: string;
            /** How often the file is looked at. Default: 1s. */
            readonly check?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
          }
        | {
            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
            readonly url: string;
            /** How often the list is asked for. Default: 1h. */
            readonly every?: string | number;
            /** How long the answer may take. Default: 10s. */
            readonly timeout?: string | number;
            /** The longest list. Default: 32MiB. */
            readonly maxSize?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
            readonly copy?: string;
            /** Fields of the request, for example with a key. */
            readonly headers?: Readonly<Record<string, string>>;
          }
        | readonly (
            | string
            | {
                /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                readonly domain: string;
              }
            | {
                /** A file with an address, a network or a range in each line; # and ; begin comments. */
                readonly file: string;
                /** How often the file is looked at. Default: 1s. */
                readonly check?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
              }
            | {
                /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                readonly url: string;
                /** How often the list is asked for. Default: 1h. */
                readonly every?: string | number;
                /** How long the answer may take. Default: 10s. */
                readonly timeout?: string | number;
                /** The longest list. Default: 32MiB. */
                readonly maxSize?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
                /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                readonly copy?: string;
                /** Fields of the request, for example with a key. */
                readonly headers?: Readonly<Record<string, string>>;
              }
          )[];
      /** Rules in their order, as in IIS; in place of allow and deny. */
      readonly rules?: readonly {
        /** Who is let in. */
        readonly allow?:
          | string
          | {
              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
              readonly domain: string;
            }
          | {
              /** A file with an address, a network or a range in each line; # and ; begin comments. */
              readonly file: string;
              /** How often the file is looked at. Default: 1s. */
              readonly check?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
            }
          | {
              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
              readonly url: string;
              /** How often the list is asked for. Default: 1h. */
              readonly every?: string | number;
              /** How long the answer may take. Default: 10s. */
              readonly timeout?: string | number;
              /** The longest list. Default: 32MiB. */
              readonly maxSize?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
              readonly copy?: string;
              /** Fields of the request, for example with a key. */
              readonly headers?: Readonly<Record<string, string>>;
            }
          | readonly (
              | string
              | {
                  /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                  readonly domain: string;
                }
              | {
                  /** A file with an address, a network or a range in each line; # and ; begin comments. */
                  readonly file: string;
                  /** How often the file is looked at. Default: 1s. */
                  readonly check?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                }
              | {
                  /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                  readonly url: string;
                  /** How often the list is asked for. Default: 1h. */
                  readonly every?: string | number;
                  /** How long the answer may take. Default: 10s. */
                  readonly timeout?: string | number;
                  /** The longest list. Default: 32MiB. */
                  readonly maxSize?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                  /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                  readonly copy?: string;
                  /** Fields of the request, for example with a key. */
                  readonly headers?: Readonly<Record<string, string>>;
                }
            )[];
        /** Who is kept out. */
        readonly deny?:
          | string
          | {
              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
              readonly domain: string;
            }
          | {
              /** A file with an address, a network or a range in each line; # and ; begin comments. */
              readonly file: string;
              /** How often the file is looked at. Default: 1s. */
              readonly check?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
            }
          | {
              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
              readonly url: string;
              /** How often the list is asked for. Default: 1h. */
              readonly every?: string | number;
              /** How long the answer may take. Default: 10s. */
              readonly timeout?: string | number;
              /** The longest list. Default: 32MiB. */
              readonly maxSize?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
              readonly copy?: string;
              /** Fields of the request, for example with a key. */
              readonly headers?: Readonly<Record<string, string>>;
            }
          | readonly (
              | string
              | {
                  /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                  readonly domain: string;
                }
              | {
                  /** A file with an address, a network or a range in each line; # and ; begin comments. */
                  readonly file: string;
                  /** How often the file is looked at. Default: 1s. */
                  readonly check?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                }
              | {
                  /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                  readonly url: string;
                  /** How often the list is asked for. Default: 1h. */
                  readonly every?: string | number;
                  /** How long the answer may take. Default: 10s. */
                  readonly timeout?: string | number;
                  /** The longest list. Default: 32MiB. */
                  readonly maxSize?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                  /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                  readonly copy?: string;
                  /** Fields of the request, for example with a key. */
                  readonly headers?: Readonly<Record<string, string>>;
                }
            )[];
      }[];
      /** Those whom no rule means. Default: deny if there are only rules that allow, allow otherwise. */
      readonly unlisted?: 'allow' | 'deny';
      /** Which rule counts if several match: the first, or the one with the smallest network. Default: first for rules, longest for allow and deny. */
      readonly order?: 'first' | 'longest';
      /** How domain names are looked up. */
      readonly names?: {
        /** What happens to a request while the name of its client is looked up. Default: wait; others never do. */
        readonly meanwhile?: 'wait' | 'allow' | 'deny';
        /** After this time a client counts as one without a name. Default: 2s. */
        readonly timeout?: string | number;
        /** How long a name is remembered. Default: 1h. */
        readonly ttl?: string | number;
        /** How long it is remembered that there is none. Default: 5m. */
        readonly negativeTtl?: string | number;
        /** How many addresses are remembered. Default: 10,000. */
        readonly maxEntries?: number;
      };
      /** Only counts, and tells the logs; nobody is kept out. Default: false. */
      readonly dryRun?: boolean;
    }
  | boolean
  | readonly {
      /** Who is let in. */
      readonly allow?:
        | string
        | {
            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
            readonly domain: string;
          }
        | {
            /** A file with an address, a network or a range in each line; # and ; begin comments. */
            readonly file: string;
            /** How often the file is looked at. Default: 1s. */
            readonly check?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
          }
        | {
            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
            readonly url: string;
            /** How often the list is asked for. Default: 1h. */
            readonly every?: string | number;
            /** How long the answer may take. Default: 10s. */
            readonly timeout?: string | number;
            /** The longest list. Default: 32MiB. */
            readonly maxSize?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
            readonly copy?: string;
            /** Fields of the request, for example with a key. */
            readonly headers?: Readonly<Record<string, string>>;
          }
        | readonly (
            | string
            | {
                /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                readonly domain: string;
              }
            | {
                /** A file with an address, a network or a range in each line; # and ; begin comments. */
                readonly file: string;
                /** How often the file is looked at. Default: 1s. */
                readonly check?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
              }
            | {
                /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                readonly url: string;
                /** How often the list is asked for. Default: 1h. */
                readonly every?: string | number;
                /** How long the answer may take. Default: 10s. */
                readonly timeout?: string | number;
                /** The longest list. Default: 32MiB. */
                readonly maxSize?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
                /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                readonly copy?: string;
                /** Fields of the request, for example with a key. */
                readonly headers?: Readonly<Record<string, string>>;
              }
          )[];
      /** Who is kept out. */
      readonly deny?:
        | string
        | {
            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
            readonly domain: string;
          }
        | {
            /** A file with an address, a network or a range in each line; # and ; begin comments. */
            readonly file: string;
            /** How often the file is looked at. Default: 1s. */
            readonly check?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
          }
        | {
            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
            readonly url: string;
            /** How often the list is asked for. Default: 1h. */
            readonly every?: string | number;
            /** How long the answer may take. Default: 10s. */
            readonly timeout?: string | number;
            /** The longest list. Default: 32MiB. */
            readonly maxSize?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
            readonly copy?: string;
            /** Fields of the request, for example with a key. */
            readonly headers?: Readonly<Record<string, string>>;
          }
        | readonly (
            | string
            | {
                /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                readonly domain: string;
              }
            | {
                /** A file with an address, a network or a range in each line; # and ; begin comments. */
                readonly file: string;
                /** How often the file is looked at. Default: 1s. */
                readonly check?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
              }
            | {
                /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                readonly url: string;
                /** How often the list is asked for. Default: 1h. */
                readonly every?: string | number;
                /** How long the answer may take. Default: 10s. */
                readonly timeout?: string | number;
                /** The longest list. Default: 32MiB. */
                readonly maxSize?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
                /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                readonly copy?: string;
                /** Fields of the request, for example with a key. */
                readonly headers?: Readonly<Record<string, string>>;
              }
          )[];
      /** Rules in their order, as in IIS; in place of allow and deny. */
      readonly rules?: readonly {
        /** Who is let in. */
        readonly allow?:
          | string
          | {
              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
              readonly domain: string;
            }
          | {
              /** A file with an address, a network or a range in each line; # and ; begin comments. */
              readonly file: string;
              /** How often the file is looked at. Default: 1s. */
              readonly check?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
            }
          | {
              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
              readonly url: string;
              /** How often the list is asked for. Default: 1h. */
              readonly every?: string | number;
              /** How long the answer may take. Default: 10s. */
              readonly timeout?: string | number;
              /** The longest list. Default: 32MiB. */
              readonly maxSize?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
              readonly copy?: string;
              /** Fields of the request, for example with a key. */
              readonly headers?: Readonly<Record<string, string>>;
            }
          | readonly (
              | string
              | {
                  /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                  readonly domain: string;
                }
              | {
                  /** A file with an address, a network or a range in each line; # and ; begin comments. */
                  readonly file: string;
                  /** How often the file is looked at. Default: 1s. */
                  readonly check?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                }
              | {
                  /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                  readonly url: string;
                  /** How often the list is asked for. Default: 1h. */
                  readonly every?: string | number;
                  /** How long the answer may take. Default: 10s. */
                  readonly timeout?: string | number;
                  /** The longest list. Default: 32MiB. */
                  readonly maxSize?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                  /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                  readonly copy?: string;
                  /** Fields of the request, for example with a key. */
                  readonly headers?: Readonly<Record<string, string>>;
                }
            )[];
        /** Who is kept out. */
        readonly deny?:
          | string
          | {
              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
              readonly domain: string;
            }
          | {
              /** A file with an address, a network or a range in each line; # and ; begin comments. */
              readonly file: string;
              /** How often the file is looked at. Default: 1s. */
              readonly check?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
            }
          | {
              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
              readonly url: string;
              /** How often the list is asked for. Default: 1h. */
              readonly every?: string | number;
              /** How long the answer may take. Default: 10s. */
              readonly timeout?: string | number;
              /** The longest list. Default: 32MiB. */
              readonly maxSize?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
              readonly copy?: string;
              /** Fields of the request, for example with a key. */
              readonly headers?: Readonly<Record<string, string>>;
            }
          | readonly (
              | string
              | {
                  /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                  readonly domain: string;
                }
              | {
                  /** A file with an address, a network or a range in each line; # and ; begin comments. */
                  readonly file: string;
                  /** How often the file is looked at. Default: 1s. */
                  readonly check?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                }
              | {
                  /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                  readonly url: string;
                  /** How often the list is asked for. Default: 1h. */
                  readonly every?: string | number;
                  /** How long the answer may take. Default: 10s. */
                  readonly timeout?: string | number;
                  /** The longest list. Default: 32MiB. */
                  readonly maxSize?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                  /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                  readonly copy?: string;
                  /** Fields of the request, for example with a key. */
                  readonly headers?: Readonly<Record<string, string>>;
                }
            )[];
      }[];
      /** Those whom no rule means. Default: deny if there are only rules that allow, allow otherwise. */
      readonly unlisted?: 'allow' | 'deny';
      /** Which rule counts if several match: the first, or the one with the smallest network. Default: first for rules, longest for allow and deny. */
      readonly order?: 'first' | 'longest';
      /** How domain names are looked up. */
      readonly names?: {
        /** What happens to a request while the name of its client is looked up. Default: wait; others never do. */
        readonly meanwhile?: 'wait' | 'allow' | 'deny';
        /** After this time a client counts as one without a name. Default: 2s. */
        readonly timeout?: string | number;
        /** How long a name is remembered. Default: 1h. */
        readonly ttl?: string | number;
        /** How long it is remembered that there is none. Default: 5m. */
        readonly negativeTtl?: string | number;
        /** How many addresses are remembered. Default: 10,000. */
        readonly maxEntries?: number;
      };
      /** Only counts, and tells the logs; nobody is kept out. Default: false. */
      readonly dryRun?: boolean;
    }[];

/** Lets in and keeps out by address, network and domain name. Filters of outer levels hold too. For listeners there is connectionFilter. */
export type IpFilterFeature =
  | {
      /** Who is let in. */
      readonly allow?:
        | string
        | {
            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
            readonly domain: string;
          }
        | {
            /** A file with an address, a network or a range in each line; # and ; begin comments. */
            readonly file: string;
            /** How often the file is looked at. Default: 1s. */
            readonly check?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
          }
        | {
            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
            readonly url: string;
            /** How often the list is asked for. Default: 1h. */
            readonly every?: string | number;
            /** How long the answer may take. Default: 10s. */
            readonly timeout?: string | number;
            /** The longest list. Default: 32MiB. */
            readonly maxSize?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
            readonly copy?: string;
            /** Fields of the request, for example with a key. */
            readonly headers?: Readonly<Record<string, string>>;
          }
        | readonly (
            | string
            | {
                /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                readonly domain: string;
              }
            | {
                /** A file with an address, a network or a range in each line; # and ; begin comments. */
                readonly file: string;
                /** How often the file is looked at. Default: 1s. */
                readonly check?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
              }
            | {
                /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                readonly url: string;
                /** How often the list is asked for. Default: 1h. */
                readonly every?: string | number;
                /** How long the answer may take. Default: 10s. */
                readonly timeout?: string | number;
                /** The longest list. Default: 32MiB. */
                readonly maxSize?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
                /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                readonly copy?: string;
                /** Fields of the request, for example with a key. */
                readonly headers?: Readonly<Record<string, string>>;
              }
          )[];
      /** Who is kept out. */
      readonly deny?:
        | string
        | {
            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
            readonly domain: string;
          }
        | {
            /** A file with an address, a network or a range in each line; # and ; begin comments. */
            readonly file: string;
            /** How often the file is looked at. Default: 1s. */
            readonly check?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
          }
        | {
            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
            readonly url: string;
            /** How often the list is asked for. Default: 1h. */
            readonly every?: string | number;
            /** How long the answer may take. Default: 10s. */
            readonly timeout?: string | number;
            /** The longest list. Default: 32MiB. */
            readonly maxSize?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
            readonly copy?: string;
            /** Fields of the request, for example with a key. */
            readonly headers?: Readonly<Record<string, string>>;
          }
        | readonly (
            | string
            | {
                /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                readonly domain: string;
              }
            | {
                /** A file with an address, a network or a range in each line; # and ; begin comments. */
                readonly file: string;
                /** How often the file is looked at. Default: 1s. */
                readonly check?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
              }
            | {
                /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                readonly url: string;
                /** How often the list is asked for. Default: 1h. */
                readonly every?: string | number;
                /** How long the answer may take. Default: 10s. */
                readonly timeout?: string | number;
                /** The longest list. Default: 32MiB. */
                readonly maxSize?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
                /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                readonly copy?: string;
                /** Fields of the request, for example with a key. */
                readonly headers?: Readonly<Record<string, string>>;
              }
          )[];
      /** Rules in their order, as in IIS; in place of allow and deny. */
      readonly rules?: readonly {
        /** Who is let in. */
        readonly allow?:
          | string
          | {
              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
              readonly domain: string;
            }
          | {
              /** A file with an address, a network or a range in each line; # and ; begin comments. */
              readonly file: string;
              /** How often the file is looked at. Default: 1s. */
              readonly check?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
            }
          | {
              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
              readonly url: string;
              /** How often the list is asked for. Default: 1h. */
              readonly every?: string | number;
              /** How long the answer may take. Default: 10s. */
              readonly timeout?: string | number;
              /** The longest list. Default: 32MiB. */
              readonly maxSize?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
              readonly copy?: string;
              /** Fields of the request, for example with a key. */
              readonly headers?: Readonly<Record<string, string>>;
            }
          | readonly (
              | string
              | {
                  /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                  readonly domain: string;
                }
              | {
                  /** A file with an address, a network or a range in each line; # and ; begin comments. */
                  readonly file: string;
                  /** How often the file is looked at. Default: 1s. */
                  readonly check?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                }
              | {
                  /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                  readonly url: string;
                  /** How often the list is asked for. Default: 1h. */
                  readonly every?: string | number;
                  /** How long the answer may take. Default: 10s. */
                  readonly timeout?: string | number;
                  /** The longest list. Default: 32MiB. */
                  readonly maxSize?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                  /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                  readonly copy?: string;
                  /** Fields of the request, for example with a key. */
                  readonly headers?: Readonly<Record<string, string>>;
                }
            )[];
        /** Who is kept out. */
        readonly deny?:
          | string
          | {
              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
              readonly domain: string;
            }
          | {
              /** A file with an address, a network or a range in each line; # and ; begin comments. */
              readonly file: string;
              /** How often the file is looked at. Default: 1s. */
              readonly check?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
            }
          | {
              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
              readonly url: string;
              /** How often the list is asked for. Default: 1h. */
              readonly every?: string | number;
              /** How long the answer may take. Default: 10s. */
              readonly timeout?: string | number;
              /** The longest list. Default: 32MiB. */
              readonly maxSize?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
              readonly copy?: string;
              /** Fields of the request, for example with a key. */
              readonly headers?: Readonly<Record<string, string>>;
            }
          | readonly (
              | string
              | {
                  /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                  readonly domain: string;
                }
              | {
                  /** A file with an address, a network or a range in each line; # and ; begin comments. */
                  readonly file: string;
                  /** How often the file is looked at. Default: 1s. */
                  readonly check?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                }
              | {
                  /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                  readonly url: string;
                  /** How often the list is asked for. Default: 1h. */
                  readonly every?: string | number;
                  /** How long the answer may take. Default: 10s. */
                  readonly timeout?: string | number;
                  /** The longest list. Default: 32MiB. */
                  readonly maxSize?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                  /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                  readonly copy?: string;
                  /** Fields of the request, for example with a key. */
                  readonly headers?: Readonly<Record<string, string>>;
                }
            )[];
      }[];
      /** Those whom no rule means. Default: deny if there are only rules that allow, allow otherwise. */
      readonly unlisted?: 'allow' | 'deny';
      /** Which rule counts if several match: the first, or the one with the smallest network. Default: first for rules, longest for allow and deny. */
      readonly order?: 'first' | 'longest';
      /** How domain names are looked up. */
      readonly names?: {
        /** What happens to a request while the name of its client is looked up. Default: wait; others never do. */
        readonly meanwhile?: 'wait' | 'allow' | 'deny';
        /** After this time a client counts as one without a name. Default: 2s. */
        readonly timeout?: string | number;
        /** How long a name is remembered. Default: 1h. */
        readonly ttl?: string | number;
        /** How long it is remembered that there is none. Default: 5m. */
        readonly negativeTtl?: string | number;
        /** How many addresses are remembered. Default: 10,000. */
        readonly maxEntries?: number;
      };
      /** Only counts, and tells the logs; nobody is kept out. Default: false. */
      readonly dryRun?: boolean;
      /** Whose address counts: the one that trustedProxies has found, or that of the connection. Default: client. */
      readonly by?: 'client' | 'connection';
      /** What refused requests get: 403, 401, 404, or a closed connection. Default: forbidden. */
      readonly answer?: 'forbidden' | 'unauthorized' | 'notFound' | 'abort';
    }
  | boolean
  | readonly {
      /** Who is let in. */
      readonly allow?:
        | string
        | {
            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
            readonly domain: string;
          }
        | {
            /** A file with an address, a network or a range in each line; # and ; begin comments. */
            readonly file: string;
            /** How often the file is looked at. Default: 1s. */
            readonly check?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
          }
        | {
            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
            readonly url: string;
            /** How often the list is asked for. Default: 1h. */
            readonly every?: string | number;
            /** How long the answer may take. Default: 10s. */
            readonly timeout?: string | number;
            /** The longest list. Default: 32MiB. */
            readonly maxSize?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
            readonly copy?: string;
            /** Fields of the request, for example with a key. */
            readonly headers?: Readonly<Record<string, string>>;
          }
        | readonly (
            | string
            | {
                /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                readonly domain: string;
              }
            | {
                /** A file with an address, a network or a range in each line; # and ; begin comments. */
                readonly file: string;
                /** How often the file is looked at. Default: 1s. */
                readonly check?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
              }
            | {
                /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                readonly url: string;
                /** How often the list is asked for. Default: 1h. */
                readonly every?: string | number;
                /** How long the answer may take. Default: 10s. */
                readonly timeout?: string | number;
                /** The longest list. Default: 32MiB. */
                readonly maxSize?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
                /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                readonly copy?: string;
                /** Fields of the request, for example with a key. */
                readonly headers?: Readonly<Record<string, string>>;
              }
          )[];
      /** Who is kept out. */
      readonly deny?:
        | string
        | {
            /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
            readonly domain: string;
          }
        | {
            /** A file with an address, a network or a range in each line; # and ; begin comments. */
            readonly file: string;
            /** How often the file is looked at. Default: 1s. */
            readonly check?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
          }
        | {
            /** The address of such a list. It is asked for while there are requests, with the tag it had. */
            readonly url: string;
            /** How often the list is asked for. Default: 1h. */
            readonly every?: string | number;
            /** How long the answer may take. Default: 10s. */
            readonly timeout?: string | number;
            /** The longest list. Default: 32MiB. */
            readonly maxSize?: string | number;
            /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
            readonly mayBeEmpty?: boolean;
            /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
            readonly copy?: string;
            /** Fields of the request, for example with a key. */
            readonly headers?: Readonly<Record<string, string>>;
          }
        | readonly (
            | string
            | {
                /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                readonly domain: string;
              }
            | {
                /** A file with an address, a network or a range in each line; # and ; begin comments. */
                readonly file: string;
                /** How often the file is looked at. Default: 1s. */
                readonly check?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
              }
            | {
                /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                readonly url: string;
                /** How often the list is asked for. Default: 1h. */
                readonly every?: string | number;
                /** How long the answer may take. Default: 10s. */
                readonly timeout?: string | number;
                /** The longest list. Default: 32MiB. */
                readonly maxSize?: string | number;
                /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                readonly mayBeEmpty?: boolean;
                /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                readonly copy?: string;
                /** Fields of the request, for example with a key. */
                readonly headers?: Readonly<Record<string, string>>;
              }
          )[];
      /** Rules in their order, as in IIS; in place of allow and deny. */
      readonly rules?: readonly {
        /** Who is let in. */
        readonly allow?:
          | string
          | {
              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
              readonly domain: string;
            }
          | {
              /** A file with an address, a network or a range in each line; # and ; begin comments. */
              readonly file: string;
              /** How often the file is looked at. Default: 1s. */
              readonly check?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
            }
          | {
              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
              readonly url: string;
              /** How often the list is asked for. Default: 1h. */
              readonly every?: string | number;
              /** How long the answer may take. Default: 10s. */
              readonly timeout?: string | number;
              /** The longest list. Default: 32MiB. */
              readonly maxSize?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
              readonly copy?: string;
              /** Fields of the request, for example with a key. */
              readonly headers?: Readonly<Record<string, string>>;
            }
          | readonly (
              | string
              | {
                  /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                  readonly domain: string;
                }
              | {
                  /** A file with an address, a network or a range in each line; # and ; begin comments. */
                  readonly file: string;
                  /** How often the file is looked at. Default: 1s. */
                  readonly check?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                }
              | {
                  /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                  readonly url: string;
                  /** How often the list is asked for. Default: 1h. */
                  readonly every?: string | number;
                  /** How long the answer may take. Default: 10s. */
                  readonly timeout?: string | number;
                  /** The longest list. Default: 32MiB. */
                  readonly maxSize?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                  /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                  readonly copy?: string;
                  /** Fields of the request, for example with a key. */
                  readonly headers?: Readonly<Record<string, string>>;
                }
            )[];
        /** Who is kept out. */
        readonly deny?:
          | string
          | {
              /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
              readonly domain: string;
            }
          | {
              /** A file with an address, a network or a range in each line; # and ; begin comments. */
              readonly file: string;
              /** How often the file is looked at. Default: 1s. */
              readonly check?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
            }
          | {
              /** The address of such a list. It is asked for while there are requests, with the tag it had. */
              readonly url: string;
              /** How often the list is asked for. Default: 1h. */
              readonly every?: string | number;
              /** How long the answer may take. Default: 10s. */
              readonly timeout?: string | number;
              /** The longest list. Default: 32MiB. */
              readonly maxSize?: string | number;
              /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
              readonly mayBeEmpty?: boolean;
              /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
              readonly copy?: string;
              /** Fields of the request, for example with a key. */
              readonly headers?: Readonly<Record<string, string>>;
            }
          | readonly (
              | string
              | {
                  /** example.com is this name only, *.example.com all names below. The name must lead back to the address. */
                  readonly domain: string;
                }
              | {
                  /** A file with an address, a network or a range in each line; # and ; begin comments. */
                  readonly file: string;
                  /** How often the file is looked at. Default: 1s. */
                  readonly check?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                }
              | {
                  /** The address of such a list. It is asked for while there are requests, with the tag it had. */
                  readonly url: string;
                  /** How often the list is asked for. Default: 1h. */
                  readonly every?: string | number;
                  /** How long the answer may take. Default: 10s. */
                  readonly timeout?: string | number;
                  /** The longest list. Default: 32MiB. */
                  readonly maxSize?: string | number;
                  /** Whether an empty list may replace one that was not empty. Default: false; the old one stays. */
                  readonly mayBeEmpty?: boolean;
                  /** A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none. */
                  readonly copy?: string;
                  /** Fields of the request, for example with a key. */
                  readonly headers?: Readonly<Record<string, string>>;
                }
            )[];
      }[];
      /** Those whom no rule means. Default: deny if there are only rules that allow, allow otherwise. */
      readonly unlisted?: 'allow' | 'deny';
      /** Which rule counts if several match: the first, or the one with the smallest network. Default: first for rules, longest for allow and deny. */
      readonly order?: 'first' | 'longest';
      /** How domain names are looked up. */
      readonly names?: {
        /** What happens to a request while the name of its client is looked up. Default: wait; others never do. */
        readonly meanwhile?: 'wait' | 'allow' | 'deny';
        /** After this time a client counts as one without a name. Default: 2s. */
        readonly timeout?: string | number;
        /** How long a name is remembered. Default: 1h. */
        readonly ttl?: string | number;
        /** How long it is remembered that there is none. Default: 5m. */
        readonly negativeTtl?: string | number;
        /** How many addresses are remembered. Default: 10,000. */
        readonly maxEntries?: number;
      };
      /** Only counts, and tells the logs; nobody is kept out. Default: false. */
      readonly dryRun?: boolean;
      /** Whose address counts: the one that trustedProxies has found, or that of the connection. Default: client. */
      readonly by?: 'client' | 'connection';
      /** What refused requests get: 403, 401, 404, or a closed connection. Default: forbidden. */
      readonly answer?: 'forbidden' | 'unauthorized' | 'notFound' | 'abort';
    }[];

/** Limits how many connections a client may open in a time; one above it is reset before a byte is read. Each worker counts for itself. */
export type ConnectionRateFeature =
  | string
  | number
  | {
      /** How many new connections in which time, such as 20/s. */
      readonly rate: string | number;
      /** How many may come at once. Default: those of the rate. */
      readonly burst?: number;
      /** What is counted together: the connections of one address (IPv6: of one /64), or all. Default: client. */
      readonly by?: 'client' | 'all';
    }
  | boolean
  | readonly (
      | string
      | number
      | {
          /** How many new connections in which time, such as 20/s. */
          readonly rate: string | number;
          /** How many may come at once. Default: those of the rate. */
          readonly burst?: number;
          /** What is counted together: the connections of one address (IPv6: of one /64), or all. Default: client. */
          readonly by?: 'client' | 'all';
        }
    )[];

/** Refuses requests by size, method, path, query and header fields, as the request filtering of IIS does, and by patterns of common attacks. The sub-status of IIS stands in the access log only. A filter of an inner level stands in for one of an outer level. */
export type RequestFilterFeature =
  | 'iis-defaults'
  | 'strict'
  | readonly ('iis-defaults' | 'strict')[]
  | {
      /** Ready-made options: iis-defaults as IIS 10 ships it, strict against common attacks. Others come on top. */
      readonly preset?: 'iis-defaults' | 'strict' | readonly ('iis-defaults' | 'strict')[];
      /** The longest path. Default: no limit; iis-defaults: 4,096 bytes. */
      readonly maxUrl?: string | number | 'unlimited';
      /** The longest query. Default: no limit; iis-defaults: 2,048 bytes. */
      readonly maxQuery?: string | number | 'unlimited';
      /** The largest body, announced or counted while it is read. Default: no limit; iis-defaults: 30MB. */
      readonly maxBody?: string | number | 'unlimited';
      /** The longest value of single header fields; 0 refuses every request that has the field. */
      readonly maxHeaders?: Readonly<Record<string, string | number>>;
      /** Which methods are let in or refused. Default: all are let in. */
      readonly verbs?: {
        /** Only these are let in. Default: all that are not refused. */
        readonly allow?: readonly string[];
        /** These are refused. Default: none. */
        readonly deny?: readonly string[];
        /** These are taken out of the list of a preset. Default: none. */
        readonly remove?: readonly string[];
      };
      /** Which extensions of the last name in a path are let in or refused, the latter also before more names, as in /a.php/x; . stands for none. Default: all are let in. */
      readonly extensions?: {
        /** Only these are let in. Default: all that are not refused. */
        readonly allow?: readonly string[];
        /** These are refused. Default: none. */
        readonly deny?: readonly string[];
        /** These are taken out of the list of a preset. Default: none. */
        readonly remove?: readonly string[];
      };
      /** Names that no segment of a path may have, as in [bin, web.config]. Default: none. */
      readonly hiddenSegments?:
        | readonly string[]
        | {
            /** Names that no segment of a path may have. Default: none. */
            readonly deny?: readonly string[];
            /** These are taken out of the list of a preset. Default: none. */
            readonly remove?: readonly string[];
          };
      /** Texts that a path may not hold, as received or decoded. */
      readonly denyUrlSequences?: readonly string[];
      /** Whole paths for which denyUrlSequences does not hold. */
      readonly alwaysAllowedUrls?: readonly string[];
      /** Texts that a query may not hold, as received or decoded. */
      readonly denyQuerySequences?: readonly string[];
      /** Whole queries for which denyQuerySequences does not hold. */
      readonly alwaysAllowedQueries?: readonly string[];
      /** Whether a path may change when it is decoded twice. Default: true; iis-defaults: false. */
      readonly allowDoubleEscaping?: boolean;
      /** Whether a path may have a +, which IIS takes for double escaping. Default: true; iis-defaults: false. */
      readonly allowPlus?: boolean;
      /** Whether a path may have characters outside of ASCII. Default: true. */
      readonly allowHighBit?: boolean;
      /** Whether a path may have octets that are not UTF-8, overlong forms among them. Default: false. */
      readonly allowInvalidUtf8?: boolean;
      /** Which escapes a path may have. Default: all are allowed. */
      readonly encodedCharacters?: {
        /** A slash. */
        readonly '%2f'?: 'allow' | 'reject';
        /** A backslash. */
        readonly '%5c'?: 'allow' | 'reject';
        /** NUL. The server itself refuses it in any case. */
        readonly '%00'?: 'allow' | 'reject';
        /** A semicolon. */
        readonly '%3b'?: 'allow' | 'reject';
        /** A percent sign. */
        readonly '%25'?: 'allow' | 'reject';
        /** A question mark. */
        readonly '%3f'?: 'allow' | 'reject';
        /** A number sign. */
        readonly '%23'?: 'allow' | 'reject';
      };
      /** Filtering rules: texts that are refused in parts of a request. */
      readonly rules?: readonly {
        /** Its name in logs. */
        readonly name: string;
        /** Texts that are refused; letter case does not matter. */
        readonly deny: readonly string[];
        /** Whether the path is searched, as received and decoded. Default: false. */
        readonly scanUrl?: boolean;
        /** Whether the query is searched, as received and decoded. Default: false. */
        readonly scanQuery?: boolean;
        /** The header fields that are searched. Default: none. */
        readonly scanHeaders?: readonly string[];
        /** Whether the request line and all fields are searched as they stand. Default: false. */
        readonly scanAllRaw?: boolean;
        /** Whether a % that begins no escape is refused in what scanUrl and scanQuery search. Default: true. */
        readonly denyUnescapedPercent?: boolean;
        /** The rule holds for paths with one of these extensions only. Default: for all. */
        readonly extensions?: readonly string[];
      }[];
      /** What the preset strict looks for. */
      readonly strict?: {
        /** Kinds of attacks that are not looked for. Default: all are. */
        readonly except?: readonly (
          | 'traversal'
          | 'sql'
          | 'command'
          | 'template'
          | 'xss'
          | 'scanner'
          | 'dotfiles'
          | 'java'
          | 'php'
          | 'injection'
        )[];
        /** The header fields that are searched. Default: User-Agent, Referer, and those that log4j probes use most. */
        readonly headers?: readonly string[];
      };
      /** The status of every refusal. Default: that of its kind, as in IIS. */
      readonly status?: number;
      /** What a refused request gets: an answer, or a closed connection. Default: answer. */
      readonly refuse?: 'answer' | 'drop';
      /** Only counts, and tells the logs; nothing is refused. Default: false. */
      readonly dryRun?: boolean;
    }
  | boolean;

/** Dynamic IP restrictions as in IIS: refuses an address that has too many requests running, or sends too many in a short time, until it slows down. Behind a proxy the client counts that trustedProxies has found. */
export type DynamicIpFeature =
  | {
      /** How many requests of one address may run at a time; null: no limit. Default: 5, as in IIS. */
      readonly maxConcurrent?: number | null;
      /** How many requests may come from one address in the time of interval; null: no limit. Default: 20, as in IIS. */
      readonly maxRequests?: number | null;
      /** The time in which so many requests may come. Default: 200ms, as in IIS. */
      readonly interval?: string | number;
      /** What refused requests get: 401, 403, 404, or a closed connection. Default: forbidden. */
      readonly answer?: 'unauthorized' | 'forbidden' | 'notFound' | 'abort';
      /** Only counts, and tells the log: the logging-only mode of IIS. Default: false. */
      readonly dryRun?: boolean;
    }
  | boolean;

/** Limits how many requests a client may make in a time; those above it get 429 with Retry-After. Several may be given as a list, and those of outer levels hold too. Workers tell each other what they let in, within 50 ms. */
export type RateLimitFeature =
  | string
  | number
  | {
      /** How many requests in which time, such as 100/m. Or write requests and per. */
      readonly rate?: string | number;
      /** How many requests in the time of per. */
      readonly requests?: number;
      /** The time in which so many requests may come. Default: 1m. */
      readonly per?: string | number;
      /** How many requests may come at once; after them one comes free at a time. Default: all of them, so that a client which was quiet may use its whole limit. */
      readonly burst?: number;
      /** How many requests ahead of the even rate are let in at once; those after them wait for their time. Default: nobody waits. */
      readonly delayAfter?: number;
      /** What is counted together: the requests of a client address, of a user (by address while nobody is logged in), of the route, all, or those with one value of a field. Default: client. */
      readonly by?:
        | 'client'
        | 'user'
        | 'route'
        | 'all'
        | {
            /** The name of the field, such as x-api-key. */
            readonly header: string;
          };
      /** How the rate is measured: evenly with bursts, over the last time, or from the first request on. Default: token-bucket. */
      readonly algorithm?: 'token-bucket' | 'sliding-window' | 'fixed-window';
      /** Whether refused requests count too, so that a client must slow down before it is let in again; for windows. Default: false. */
      readonly countsRefused?: boolean;
      /** How many leading bits of an IPv6 address are one client. Default: 64, the least that a subscriber has. */
      readonly ipv6Prefix?: number;
      /** What refused requests get: an answer, a closed connection, or an answer after the time of tarpit. Default: answer. */
      readonly refuse?: 'answer' | 'drop' | 'tarpit';
      /** How long a tarpit keeps a client waiting. Default: 10s. */
      readonly tarpit?: string | number;
      /** The status of a refusal. Default: 429. */
      readonly status?: number;
      /** Its name in the fields RateLimit and RateLimit-Policy, in log and metrics. Default: default. */
      readonly name?: string;
      /** Whether answers tell in RateLimit fields what is left. Default: true. */
      readonly fields?: boolean;
      /** The name of a store that servers share, so that they count together, exactly. Default: each server counts for itself. */
      readonly store?: string;
      /** While the store cannot be reached: count here, let everything in, or refuse everything with 503. Default: local. */
      readonly onStoreError?: 'local' | 'open' | 'closed';
      /** Only counts, and tells the log; nothing is refused. Default: false. */
      readonly dryRun?: boolean;
    }
  | boolean
  | readonly (
      | string
      | number
      | {
          /** How many requests in which time, such as 100/m. Or write requests and per. */
          readonly rate?: string | number;
          /** How many requests in the time of per. */
          readonly requests?: number;
          /** The time in which so many requests may come. Default: 1m. */
          readonly per?: string | number;
          /** How many requests may come at once; after them one comes free at a time. Default: all of them, so that a client which was quiet may use its whole limit. */
          readonly burst?: number;
          /** How many requests ahead of the even rate are let in at once; those after them wait for their time. Default: nobody waits. */
          readonly delayAfter?: number;
          /** What is counted together: the requests of a client address, of a user (by address while nobody is logged in), of the route, all, or those with one value of a field. Default: client. */
          readonly by?:
            | 'client'
            | 'user'
            | 'route'
            | 'all'
            | {
                /** The name of the field, such as x-api-key. */
                readonly header: string;
              };
          /** How the rate is measured: evenly with bursts, over the last time, or from the first request on. Default: token-bucket. */
          readonly algorithm?: 'token-bucket' | 'sliding-window' | 'fixed-window';
          /** Whether refused requests count too, so that a client must slow down before it is let in again; for windows. Default: false. */
          readonly countsRefused?: boolean;
          /** How many leading bits of an IPv6 address are one client. Default: 64, the least that a subscriber has. */
          readonly ipv6Prefix?: number;
          /** What refused requests get: an answer, a closed connection, or an answer after the time of tarpit. Default: answer. */
          readonly refuse?: 'answer' | 'drop' | 'tarpit';
          /** How long a tarpit keeps a client waiting. Default: 10s. */
          readonly tarpit?: string | number;
          /** The status of a refusal. Default: 429. */
          readonly status?: number;
          /** Its name in the fields RateLimit and RateLimit-Policy, in log and metrics. Default: default. */
          readonly name?: string;
          /** Whether answers tell in RateLimit fields what is left. Default: true. */
          readonly fields?: boolean;
          /** The name of a store that servers share, so that they count together, exactly. Default: each server counts for itself. */
          readonly store?: string;
          /** While the store cannot be reached: count here, let everything in, or refuse everything with 503. Default: local. */
          readonly onStoreError?: 'local' | 'open' | 'closed';
          /** Only counts, and tells the log; nothing is refused. Default: false. */
          readonly dryRun?: boolean;
        }
    )[];

/** Limits how many requests run at a time. The next ones wait, in the order of arrival; the rest get 503 with Retry-After. A listener, a site or a route has its own inside of that of the top; the one of a listener counts what arrives there. Each worker process counts for itself. */
export type ConcurrencyFeature =
  | number
  | {
      /** How many requests run at a time, each until its response was sent. */
      readonly max: number;
      /** How many more may wait. Default: as many as may run, so that a wait lasts about as long as one request. */
      readonly queue?: number;
      /** How long a request may wait. Default: 5s, about as long as a person waits before trying again. */
      readonly queueTimeout?: string | number | null;
      /** What is counted together: the requests of a client address, of a user (by address while nobody is logged in), of the route, all, or those with one value of a field. Default: client. */
      readonly by?:
        | 'client'
        | 'user'
        | 'route'
        | 'all'
        | {
            /** The name of the field, such as x-api-key. */
            readonly header: string;
          };
      /** Who gets the next place. newest-first: the one who came last, and a full queue refuses the oldest, so that under overload those are answered who still wait. Default: oldest-first. */
      readonly order?: 'oldest-first' | 'newest-first';
      /** The status of a refusal. Default: 503, or 429 with by. */
      readonly status?: number;
      /** What refused requests get: an answer, or a closed connection. Default: answer. */
      readonly refuse?: 'answer' | 'drop';
      /** Only counts; nothing waits or is refused. Default: false. */
      readonly dryRun?: boolean;
      /** When a refused client may try again. Default: 1s. */
      readonly retryAfter?: string | number;
    }
  | boolean
  | readonly (
      | number
      | {
          /** How many requests run at a time, each until its response was sent. */
          readonly max: number;
          /** How many more may wait. Default: as many as may run, so that a wait lasts about as long as one request. */
          readonly queue?: number;
          /** How long a request may wait. Default: 5s, about as long as a person waits before trying again. */
          readonly queueTimeout?: string | number | null;
          /** What is counted together: the requests of a client address, of a user (by address while nobody is logged in), of the route, all, or those with one value of a field. Default: client. */
          readonly by?:
            | 'client'
            | 'user'
            | 'route'
            | 'all'
            | {
                /** The name of the field, such as x-api-key. */
                readonly header: string;
              };
          /** Who gets the next place. newest-first: the one who came last, and a full queue refuses the oldest, so that under overload those are answered who still wait. Default: oldest-first. */
          readonly order?: 'oldest-first' | 'newest-first';
          /** The status of a refusal. Default: 503, or 429 with by. */
          readonly status?: number;
          /** What refused requests get: an answer, or a closed connection. Default: answer. */
          readonly refuse?: 'answer' | 'drop';
          /** Only counts; nothing waits or is refused. Default: false. */
          readonly dryRun?: boolean;
          /** When a refused client may try again. Default: 1s. */
          readonly retryAfter?: string | number;
        }
    )[];

/** Remembers browsers from request to request, for authentication and for applications in this process. Nothing is kept and no cookie is sent before something is remembered. */
export type SessionFeature =
  | {
      /** Secrets of 32 characters or more, best from a variable: the first is used, the others are still accepted, so that they can be rotated. The same for every server. */
      readonly keys: string | readonly string[];
      /** Where sessions are: cookie, encrypted; memory of this process, which only works without workers; or the name of a store that servers share. Default: cookie. */
      readonly store?: string;
      /** Ends a session after this time without a request. Default: 30m. */
      readonly idle?: string | number;
      /** Ends a session at this age, whatever is done. Default: 8h. */
      readonly maxAge?: string | number;
      /** The cookie. */
      readonly cookie?: {
        /** Its name; over https it gets the prefix __Host-, or __Secure-. Default: session. */
        readonly name?: string;
        /** Which requests of other websites have it. Default: lax, links but no forms. */
        readonly sameSite?: 'strict' | 'lax' | 'none';
        /** Shares it with the subdomains of this host. Default: the host alone. */
        readonly domain?: string;
        /** The paths that have it. Default: /. */
        readonly path?: string;
        /** Whether it outlives the browser. Default: false. */
        readonly persistent?: boolean;
      };
      /** Requests that change something and that another website has made a browser send (CSRF): refuse them, allow them, or allow those of the named origins. Default: refuse. */
      readonly crossSite?: 'refuse' | 'allow' | readonly string[];
    }
  | boolean;

/** Limits how fast answers are sent. Each worker counts for itself. A limit of an outer level holds too. */
export type ThrottleFeature =
  | string
  | number
  | {
      /** How fast, such as 2MB/s. */
      readonly rate: string | number;
      /** Who shares it: each answer has it for itself, the answers to a client address or to a user share it, or all answers of this place. Default: response. */
      readonly by?: 'response' | 'client' | 'user' | 'all';
      /** The time whose bytes may be sent at once after a quiet time, so that small answers are not held up. Default: 1s. */
      readonly burst?: string | number;
    }
  | boolean
  | readonly (
      | string
      | number
      | {
          /** How fast, such as 2MB/s. */
          readonly rate: string | number;
          /** Who shares it: each answer has it for itself, the answers to a client address or to a user share it, or all answers of this place. Default: response. */
          readonly by?: 'response' | 'client' | 'user' | 'all';
          /** The time whose bytes may be sent at once after a quiet time, so that small answers are not held up. Default: 1s. */
          readonly burst?: string | number;
        }
    )[];

/** Who the user is: one scheme, or several with `any` or `all`. Requests without a user get 401. */
export type AuthFeature =
  | {
      /** Several schemes, one of which must find a user. */
      readonly any?: readonly {
        /** Name and password with every request (HTTP Basic). Use it over TLS only. */
        readonly basic?:
          | string
          | {
              /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
              readonly htpasswd?: string;
              /** In place of a file: names, each with the hash of its password, as in such a file. */
              readonly list?: Readonly<Record<string, string>>;
              /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
              readonly roles?: Readonly<Record<string, readonly string[]>>;
            }
          | {
              /** The name of a list under `users`, or a list in place. */
              readonly users:
                | string
                | {
                    /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
                    readonly htpasswd?: string;
                    /** In place of a file: names, each with the hash of its password, as in such a file. */
                    readonly list?: Readonly<Record<string, string>>;
                    /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
                    readonly roles?: Readonly<Record<string, readonly string[]>>;
                  };
              /** What browsers show when they ask. Default: Login. */
              readonly realm?: string;
              /** How long a good password is remembered, so that not every request costs a hash; a change of the file counts at once. Default: 1m. */
              readonly cache?: string | number;
            };
        /** Proof of a password that is not sent (HTTP Digest, RFC 7616). Each worker process knows its own nonces, so a client that changes the connection may be asked twice. Basic over TLS is better where clients can choose. */
        readonly digest?:
          | string
          | {
              /** A file with lines of name:realm:hash, as `htdigest` writes it, with MD5 or SHA-256. Keep it secret: it is enough to log in. A change takes effect within a second. */
              readonly htdigest: string;
              /** What browsers show; the hashes are for this one. Default: Login. */
              readonly realm?: string;
              /** What clients may use. Default: SHA-256, and MD5 for clients that know nothing else. */
              readonly algorithms?: readonly ('SHA-256' | 'MD5' | 'SHA-256-sess' | 'MD5-sess')[];
              /** auth protects method and URL, auth-int the body too, which is read for that. Default: auth. */
              readonly qop?: readonly ('auth' | 'auth-int')[];
              /** Whether names are sent hashed. Default: false, since many clients cannot. */
              readonly userhash?: boolean;
              /** How long a nonce is good. Default: 5m. */
              readonly nonce?: string | number;
              /** The longest body that auth-int reads. Default: 1MiB, because it is held in memory. */
              readonly maxBody?: string | number;
              /** Roles, each with the names of those who have it. Default: none. */
              readonly roles?: Readonly<Record<string, readonly string[]>>;
            };
        /** Tokens in Authorization: Bearer. JWTs of an issuer, or what it knows by introspection. */
        readonly bearer?:
          | string
          | {
              /** Who must have issued the tokens: their `iss`, exactly. */
              readonly issuer?: string;
              /** Whom tokens must be for: their `aud`, one of several. */
              readonly audience?: string | readonly string[];
              /** The signatures that are allowed. Default: RS256, PS256, ES256 and EdDSA; HS256 with secret. */
              readonly algorithms?: readonly string[];
              /** Where the keys are: a URL, or a file. Default: as the metadata of the issuer says. */
              readonly jwks?: string;
              /** In place of keys: a secret shared with the issuer, 32 bytes or more. */
              readonly secret?: string;
              /** Asks the issuer about each token (RFC 7662), for tokens that only it can read. Default: tokens are JWTs. */
              readonly introspection?: {
                /** The endpoint. */
                readonly url: string;
                /** Who this server is there. */
                readonly clientId: string;
                /** Its password. */
                readonly clientSecret: string;
                /** How long the endpoint may take. Default: 5s. */
                readonly timeout?: string | number;
              };
              /** How far clocks may differ. Default: 5s. */
              readonly leeway?: string | number;
              /** How long a good token is remembered, at most. Default: 1m, and 30s with introspection. */
              readonly cache?: string | number;
              /** The claim with the name of the user. Default: sub. */
              readonly name?: string;
              /** The claim with the roles; dots lead into objects: realm_access.roles. Default: roles. */
              readonly roles?: string;
              /** Scopes that tokens must have, all of them. Default: none. */
              readonly scopes?: readonly string[];
              /** Whether these URLs may lead to an inner network, and be plain http. Default: false. */
              readonly allowInner?: boolean;
              /** A PEM file with the authorities of the issuer. Default: those that come with Node. */
              readonly ca?: string;
            };
        /** Keys of programs, in a field or a query parameter. */
        readonly apiKey?: {
          /** Names, each with the SHA-256 of its key: sha256: and 64 digits, as `printf %s "$KEY" | sha256sum` prints them. Several while one replaces another. */
          readonly keys: Readonly<Record<string, string | readonly string[]>>;
          /** The field that brings the key; null: none. Default: X-API-Key. */
          readonly header?: string | null;
          /** The query parameter that brings it. URLs end up in logs, so prefer the field. Default: none. */
          readonly query?: string;
          /** Roles, each with the names of those who have it. Default: none. */
          readonly roles?: Readonly<Record<string, readonly string[]>>;
        };
        /** URLs that an application has signed with `signUrl` of @windhover/auth, for some time, a path or a client. */
        readonly signedUrl?:
          | string
          | readonly string[]
          | {
              /** What URLs are signed with, 16 characters or more; several while one replaces another. */
              readonly secret: string | readonly string[];
              /** The methods such URLs may be used with. Default: GET and HEAD. */
              readonly methods?: readonly string[];
            };
        /** Client certificates of connections to this server, or those that a proxy in front has verified. */
        readonly clientCertificate?: {
          /** Proxies that end TLS, verify the certificate, and send it in Client-Cert (RFC 9440). Default: none, the certificate is that of the connection, for which the `tls` of the site asks with `clientCertificates`. */
          readonly trust?: readonly string[];
          /** Which user a certificate stands for: those for one certificate first, then the others in their order. */
          readonly rules: readonly {
            /** One certificate, by the SHA-256 of its DER form. */
            readonly fingerprint?: string;
            /** Fields of the subject, `*` for anything: { O: Example, CN: "*.staff" }. */
            readonly subject?: Readonly<Record<string, string>>;
            /** Fields of the issuer. */
            readonly issuer?: Readonly<Record<string, string>>;
            /** The name of the user, with fields of the subject in braces: "{CN}". null: such certificates are refused. */
            readonly user: string | null;
            /** The roles of the user. Default: none. */
            readonly roles?: readonly string[];
          }[];
        };
        /** Kerberos logins, as Windows authentication (HTTP Negotiate). Needs the package kerberos. */
        readonly negotiate?: {
          /** The file with the keys of this server; one for all sites. Default: as KRB5_KTNAME and krb5.conf say. */
          readonly keytab?: string;
          /** The first part of the service's principal. Default: HTTP. */
          readonly service?: string;
          /** The host in the service's principal. Default: every host of the keytab. */
          readonly host?: string;
          /** The realms whose users may log in, each with how they are named: { EXAMPLE.COM: "{user}" }. Default: all, as "{user}@{realm}". */
          readonly realms?: Readonly<Record<string, string>>;
          /** Single principals, each with its name; null refuses it. Default: none. */
          readonly users?: Readonly<Record<string, string | null>>;
          /** Roles, each with the names of those who have it; groups in tickets are not read. Default: none. */
          readonly roles?: Readonly<Record<string, readonly string[]>>;
          /** Whether every request needs a ticket, not only the first one of a connection. Default: false. */
          readonly perRequest?: boolean;
          /** How long a connection keeps its user; then the client shows a ticket again. Default: 1h. */
          readonly bind?: string | number;
          /** The largest token. Default: 48000. */
          readonly maxToken?: string | number;
        };
        /** Lets another service decide: 2xx lets a request pass, any other answer goes to the client. It always answers, so it stands last in a list. */
        readonly forward?:
          | string
          | {
              /** Where requests are decided about. It gets GET with X-Forwarded-* and X-Original-* of the request. */
              readonly to: string;
              /** The field of a good answer with the name of the user. Default: Remote-User. */
              readonly user?: string;
              /** The field with the roles, commas between. Default: Remote-Groups. */
              readonly roles?: string;
              /** More fields of a good answer that the request gets. The client's own are removed in every case, under every spelling. Default: none. */
              readonly copy?: readonly string[];
              /** Fields of the request that the service gets. Default: Authorization, Cookie, Accept, Accept-Language, User-Agent and X-Requested-With. */
              readonly send?: readonly string[];
              /** How long the service may take. Default: 5s. */
              readonly timeout?: string | number;
              /** The longest answer that clients get from it. Default: 64KiB: a page for logging in. */
              readonly maxAnswer?: string | number;
              /** How long a good answer is remembered for the same question: address, method, URL and fields. Default: 0s, never. */
              readonly cache?: string | number;
              /** The fields that its answers depend on. Default: those of `send`. */
              readonly cacheBy?: readonly string[];
            };
        /** Logs users in at an OpenID Connect provider. It needs `session` beside it, and stands last in a list, because it leads pages without a user to the provider; others get 401. */
        readonly oidc?: {
          /** The provider, exactly as its metadata names it. https, or http on this machine. */
          readonly issuer: string;
          /** Who this server is there. */
          readonly clientId: string;
          /** Its secret, best from a variable. Default: none, a public client. */
          readonly clientSecret?: string;
          /** A private key in place of the secret (private_key_jwt). Default: none. */
          readonly clientKey?:
            | string
            | {
                /** A PEM file with the private key: `-----BEGIN PRIVATE KEY-----`. */
                readonly file: string;
                /** How it signs. Default: ES256. */
                readonly algorithm?:
                  | 'ES256'
                  | 'ES384'
                  | 'ES512'
                  | 'RS256'
                  | 'RS384'
                  | 'RS512'
                  | 'PS256'
                  | 'PS384'
                  | 'PS512'
                  | 'EdDSA'
                  | 'Ed25519';
                /** The `kid` under which the provider knows the key. Default: none. */
                readonly id?: string;
              };
          /** What is asked for, `openid` among it. Default: openid, profile and email. */
          readonly scopes?: readonly string[];
          /** More parameters of the request to the provider: { prompt: login }. Default: none. */
          readonly parameters?: Readonly<Record<string, string>>;
          /** How browsers reach this server. Default: the scheme and host that the request names. */
          readonly origin?: string;
          /** Where the provider sends the browser back to. Default: /auth/callback. */
          readonly redirectPath?: string;
          /** A link to it logs in, and goes to the path in ?to=. Default: /auth/login. */
          readonly loginPath?: string;
          /** A form or a link on this website logs out here. Default: /auth/logout. */
          readonly logoutPath?: string;
          /** Where the provider tells of logouts elsewhere. Default: /auth/backchannel. */
          readonly backchannelPath?: string;
          /** Where the browser goes after a logout; null: it stays at the provider. Default: /. */
          readonly afterLogoutPath?: string | null;
          /** Whether pages without a user lead to the provider; otherwise only loginPath does. Default: true. */
          readonly asks?: boolean;
          /** The claim with the name of the user. Default: sub. */
          readonly name?: string;
          /** The claim with the roles; dots lead into objects: realm_access.roles. Default: roles. */
          readonly roles?: string;
          /** Claims that the session keeps, for rules of `authorize`. Default: name and email. */
          readonly claims?: readonly string[];
          /** Whether claims are read from the UserInfo endpoint too. Default: false. */
          readonly userInfo?: boolean;
          /** Whether the session keeps the ID token, so that the provider need not ask at a logout. Use a store for that. Default: false. */
          readonly keepIdToken?: boolean;
          /** The name of a store under `stores`: a logout that the provider tells to one server holds on all of them, and one server refreshes a login for all. Default: the workers of this server tell each other. */
          readonly store?: string;
          /** How far clocks may differ. Default: 30s. */
          readonly leeway?: string | number;
          /** How long the provider may take to answer. Default: 5s. */
          readonly timeout?: string | number;
          /** Whether the provider may be plain http on another machine. Default: false. */
          readonly allowInsecure?: boolean;
        };
      }[];
      /** Several schemes, all of which must find a user. The user is that of the first. */
      readonly all?: readonly {
        /** Name and password with every request (HTTP Basic). Use it over TLS only. */
        readonly basic?:
          | string
          | {
              /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
              readonly htpasswd?: string;
              /** In place of a file: names, each with the hash of its password, as in such a file. */
              readonly list?: Readonly<Record<string, string>>;
              /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
              readonly roles?: Readonly<Record<string, readonly string[]>>;
            }
          | {
              /** The name of a list under `users`, or a list in place. */
              readonly users:
                | string
                | {
                    /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
                    readonly htpasswd?: string;
                    /** In place of a file: names, each with the hash of its password, as in such a file. */
                    readonly list?: Readonly<Record<string, string>>;
                    /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
                    readonly roles?: Readonly<Record<string, readonly string[]>>;
                  };
              /** What browsers show when they ask. Default: Login. */
              readonly realm?: string;
              /** How long a good password is remembered, so that not every request costs a hash; a change of the file counts at once. Default: 1m. */
              readonly cache?: string | number;
            };
        /** Proof of a password that is not sent (HTTP Digest, RFC 7616). Each worker process knows its own nonces, so a client that changes the connection may be asked twice. Basic over TLS is better where clients can choose. */
        readonly digest?:
          | string
          | {
              /** A file with lines of name:realm:hash, as `htdigest` writes it, with MD5 or SHA-256. Keep it secret: it is enough to log in. A change takes effect within a second. */
              readonly htdigest: string;
              /** What browsers show; the hashes are for this one. Default: Login. */
              readonly realm?: string;
              /** What clients may use. Default: SHA-256, and MD5 for clients that know nothing else. */
              readonly algorithms?: readonly ('SHA-256' | 'MD5' | 'SHA-256-sess' | 'MD5-sess')[];
              /** auth protects method and URL, auth-int the body too, which is read for that. Default: auth. */
              readonly qop?: readonly ('auth' | 'auth-int')[];
              /** Whether names are sent hashed. Default: false, since many clients cannot. */
              readonly userhash?: boolean;
              /** How long a nonce is good. Default: 5m. */
              readonly nonce?: string | number;
              /** The longest body that auth-int reads. Default: 1MiB, because it is held in memory. */
              readonly maxBody?: string | number;
              /** Roles, each with the names of those who have it. Default: none. */
              readonly roles?: Readonly<Record<string, readonly string[]>>;
            };
        /** Tokens in Authorization: Bearer. JWTs of an issuer, or what it knows by introspection. */
        readonly bearer?:
          | string
          | {
              /** Who must have issued the tokens: their `iss`, exactly. */
              readonly issuer?: string;
              /** Whom tokens must be for: their `aud`, one of several. */
              readonly audience?: string | readonly string[];
              /** The signatures that are allowed. Default: RS256, PS256, ES256 and EdDSA; HS256 with secret. */
              readonly algorithms?: readonly string[];
              /** Where the keys are: a URL, or a file. Default: as the metadata of the issuer says. */
              readonly jwks?: string;
              /** In place of keys: a secret shared with the issuer, 32 bytes or more. */
              readonly secret?: string;
              /** Asks the issuer about each token (RFC 7662), for tokens that only it can read. Default: tokens are JWTs. */
              readonly introspection?: {
                /** The endpoint. */
                readonly url: string;
                /** Who this server is there. */
                readonly clientId: string;
                /** Its password. */
                readonly clientSecret: string;
                /** How long the endpoint may take. Default: 5s. */
                readonly timeout?: string | number;
              };
              /** How far clocks may differ. Default: 5s. */
              readonly leeway?: string | number;
              /** How long a good token is remembered, at most. Default: 1m, and 30s with introspection. */
              readonly cache?: string | number;
              /** The claim with the name of the user. Default: sub. */
              readonly name?: string;
              /** The claim with the roles; dots lead into objects: realm_access.roles. Default: roles. */
              readonly roles?: string;
              /** Scopes that tokens must have, all of them. Default: none. */
              readonly scopes?: readonly string[];
              /** Whether these URLs may lead to an inner network, and be plain http. Default: false. */
              readonly allowInner?: boolean;
              /** A PEM file with the authorities of the issuer. Default: those that come with Node. */
              readonly ca?: string;
            };
        /** Keys of programs, in a field or a query parameter. */
        readonly apiKey?: {
          /** Names, each with the SHA-256 of its key: sha256: and 64 digits, as `printf %s "$KEY" | sha256sum` prints them. Several while one replaces another. */
          readonly keys: Readonly<Record<string, string | readonly string[]>>;
          /** The field that brings the key; null: none. Default: X-API-Key. */
          readonly header?: string | null;
          /** The query parameter that brings it. URLs end up in logs, so prefer the field. Default: none. */
          readonly query?: string;
          /** Roles, each with the names of those who have it. Default: none. */
          readonly roles?: Readonly<Record<string, readonly string[]>>;
        };
        /** URLs that an application has signed with `signUrl` of @windhover/auth, for some time, a path or a client. */
        readonly signedUrl?:
          | string
          | readonly string[]
          | {
              /** What URLs are signed with, 16 characters or more; several while one replaces another. */
              readonly secret: string | readonly string[];
              /** The methods such URLs may be used with. Default: GET and HEAD. */
              readonly methods?: readonly string[];
            };
        /** Client certificates of connections to this server, or those that a proxy in front has verified. */
        readonly clientCertificate?: {
          /** Proxies that end TLS, verify the certificate, and send it in Client-Cert (RFC 9440). Default: none, the certificate is that of the connection, for which the `tls` of the site asks with `clientCertificates`. */
          readonly trust?: readonly string[];
          /** Which user a certificate stands for: those for one certificate first, then the others in their order. */
          readonly rules: readonly {
            /** One certificate, by the SHA-256 of its DER form. */
            readonly fingerprint?: string;
            /** Fields of the subject, `*` for anything: { O: Example, CN: "*.staff" }. */
            readonly subject?: Readonly<Record<string, string>>;
            /** Fields of the issuer. */
            readonly issuer?: Readonly<Record<string, string>>;
            /** The name of the user, with fields of the subject in braces: "{CN}". null: such certificates are refused. */
            readonly user: string | null;
            /** The roles of the user. Default: none. */
            readonly roles?: readonly string[];
          }[];
        };
        /** Kerberos logins, as Windows authentication (HTTP Negotiate). Needs the package kerberos. */
        readonly negotiate?: {
          /** The file with the keys of this server; one for all sites. Default: as KRB5_KTNAME and krb5.conf say. */
          readonly keytab?: string;
          /** The first part of the service's principal. Default: HTTP. */
          readonly service?: string;
          /** The host in the service's principal. Default: every host of the keytab. */
          readonly host?: string;
          /** The realms whose users may log in, each with how they are named: { EXAMPLE.COM: "{user}" }. Default: all, as "{user}@{realm}". */
          readonly realms?: Readonly<Record<string, string>>;
          /** Single principals, each with its name; null refuses it. Default: none. */
          readonly users?: Readonly<Record<string, string | null>>;
          /** Roles, each with the names of those who have it; groups in tickets are not read. Default: none. */
          readonly roles?: Readonly<Record<string, readonly string[]>>;
          /** Whether every request needs a ticket, not only the first one of a connection. Default: false. */
          readonly perRequest?: boolean;
          /** How long a connection keeps its user; then the client shows a ticket again. Default: 1h. */
          readonly bind?: string | number;
          /** The largest token. Default: 48000. */
          readonly maxToken?: string | number;
        };
        /** Lets another service decide: 2xx lets a request pass, any other answer goes to the client. It always answers, so it stands last in a list. */
        readonly forward?:
          | string
          | {
              /** Where requests are decided about. It gets GET with X-Forwarded-* and X-Original-* of the request. */
              readonly to: string;
              /** The field of a good answer with the name of the user. Default: Remote-User. */
              readonly user?: string;
              /** The field with the roles, commas between. Default: Remote-Groups. */
              readonly roles?: string;
              /** More fields of a good answer that the request gets. The client's own are removed in every case, under every spelling. Default: none. */
              readonly copy?: readonly string[];
              /** Fields of the request that the service gets. Default: Authorization, Cookie, Accept, Accept-Language, User-Agent and X-Requested-With. */
              readonly send?: readonly string[];
              /** How long the service may take. Default: 5s. */
              readonly timeout?: string | number;
              /** The longest answer that clients get from it. Default: 64KiB: a page for logging in. */
              readonly maxAnswer?: string | number;
              /** How long a good answer is remembered for the same question: address, method, URL and fields. Default: 0s, never. */
              readonly cache?: string | number;
              /** The fields that its answers depend on. Default: those of `send`. */
              readonly cacheBy?: readonly string[];
            };
        /** Logs users in at an OpenID Connect provider. It needs `session` beside it, and stands last in a list, because it leads pages without a user to the provider; others get 401. */
        readonly oidc?: {
          /** The provider, exactly as its metadata names it. https, or http on this machine. */
          readonly issuer: string;
          /** Who this server is there. */
          readonly clientId: string;
          /** Its secret, best from a variable. Default: none, a public client. */
          readonly clientSecret?: string;
          /** A private key in place of the secret (private_key_jwt). Default: none. */
          readonly clientKey?:
            | string
            | {
                /** A PEM file with the private key: `-----BEGIN PRIVATE KEY-----`. */
                readonly file: string;
                /** How it signs. Default: ES256. */
                readonly algorithm?:
                  | 'ES256'
                  | 'ES384'
                  | 'ES512'
                  | 'RS256'
                  | 'RS384'
                  | 'RS512'
                  | 'PS256'
                  | 'PS384'
                  | 'PS512'
                  | 'EdDSA'
                  | 'Ed25519';
                /** The `kid` under which the provider knows the key. Default: none. */
                readonly id?: string;
              };
          /** What is asked for, `openid` among it. Default: openid, profile and email. */
          readonly scopes?: readonly string[];
          /** More parameters of the request to the provider: { prompt: login }. Default: none. */
          readonly parameters?: Readonly<Record<string, string>>;
          /** How browsers reach this server. Default: the scheme and host that the request names. */
          readonly origin?: string;
          /** Where the provider sends the browser back to. Default: /auth/callback. */
          readonly redirectPath?: string;
          /** A link to it logs in, and goes to the path in ?to=. Default: /auth/login. */
          readonly loginPath?: string;
          /** A form or a link on this website logs out here. Default: /auth/logout. */
          readonly logoutPath?: string;
          /** Where the provider tells of logouts elsewhere. Default: /auth/backchannel. */
          readonly backchannelPath?: string;
          /** Where the browser goes after a logout; null: it stays at the provider. Default: /. */
          readonly afterLogoutPath?: string | null;
          /** Whether pages without a user lead to the provider; otherwise only loginPath does. Default: true. */
          readonly asks?: boolean;
          /** The claim with the name of the user. Default: sub. */
          readonly name?: string;
          /** The claim with the roles; dots lead into objects: realm_access.roles. Default: roles. */
          readonly roles?: string;
          /** Claims that the session keeps, for rules of `authorize`. Default: name and email. */
          readonly claims?: readonly string[];
          /** Whether claims are read from the UserInfo endpoint too. Default: false. */
          readonly userInfo?: boolean;
          /** Whether the session keeps the ID token, so that the provider need not ask at a logout. Use a store for that. Default: false. */
          readonly keepIdToken?: boolean;
          /** The name of a store under `stores`: a logout that the provider tells to one server holds on all of them, and one server refreshes a login for all. Default: the workers of this server tell each other. */
          readonly store?: string;
          /** How far clocks may differ. Default: 30s. */
          readonly leeway?: string | number;
          /** How long the provider may take to answer. Default: 5s. */
          readonly timeout?: string | number;
          /** Whether the provider may be plain http on another machine. Default: false. */
          readonly allowInsecure?: boolean;
        };
      }[];
      /** Whether requests without credentials pass, without a user; wrong ones are refused. `authorize` then asks for a user where a rule needs one. Default: false. */
      readonly optional?: boolean;
      /** Whether `proxy` sends on what was for this server alone: the password of Basic, and the proofs of Digest and Negotiate. Tokens are sent on in any case. Default: false. */
      readonly passCredentials?: boolean;
      /** Request fields that tell the application who the user is. The client's own are removed, under every spelling. Default: none. */
      readonly tell?: {
        /** The field that gets the name of the user. Default: none. */
        readonly user?: string;
        /** The field that gets the roles, commas between. Default: none. */
        readonly roles?: string;
      };
      /** Name and password with every request (HTTP Basic). Use it over TLS only. */
      readonly basic?:
        | string
        | {
            /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
            readonly htpasswd?: string;
            /** In place of a file: names, each with the hash of its password, as in such a file. */
            readonly list?: Readonly<Record<string, string>>;
            /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
            readonly roles?: Readonly<Record<string, readonly string[]>>;
          }
        | {
            /** The name of a list under `users`, or a list in place. */
            readonly users:
              | string
              | {
                  /** A file with lines of name:hash, as `windhover users` and `htpasswd` write it: bcrypt, argon2id, SHA-crypt or apr1. A change takes effect within a second. */
                  readonly htpasswd?: string;
                  /** In place of a file: names, each with the hash of its password, as in such a file. */
                  readonly list?: Readonly<Record<string, string>>;
                  /** Roles, each with the names of those who have it, for `authorize`. Default: none. */
                  readonly roles?: Readonly<Record<string, readonly string[]>>;
                };
            /** What browsers show when they ask. Default: Login. */
            readonly realm?: string;
            /** How long a good password is remembered, so that not every request costs a hash; a change of the file counts at once. Default: 1m. */
            readonly cache?: string | number;
          };
      /** Proof of a password that is not sent (HTTP Digest, RFC 7616). Each worker process knows its own nonces, so a client that changes the connection may be asked twice. Basic over TLS is better where clients can choose. */
      readonly digest?:
        | string
        | {
            /** A file with lines of name:realm:hash, as `htdigest` writes it, with MD5 or SHA-256. Keep it secret: it is enough to log in. A change takes effect within a second. */
            readonly htdigest: string;
            /** What browsers show; the hashes are for this one. Default: Login. */
            readonly realm?: string;
            /** What clients may use. Default: SHA-256, and MD5 for clients that know nothing else. */
            readonly algorithms?: readonly ('SHA-256' | 'MD5' | 'SHA-256-sess' | 'MD5-sess')[];
            /** auth protects method and URL, auth-int the body too, which is read for that. Default: auth. */
            readonly qop?: readonly ('auth' | 'auth-int')[];
            /** Whether names are sent hashed. Default: false, since many clients cannot. */
            readonly userhash?: boolean;
            /** How long a nonce is good. Default: 5m. */
            readonly nonce?: string | number;
            /** The longest body that auth-int reads. Default: 1MiB, because it is held in memory. */
            readonly maxBody?: string | number;
            /** Roles, each with the names of those who have it. Default: none. */
            readonly roles?: Readonly<Record<string, readonly string[]>>;
          };
      /** Tokens in Authorization: Bearer. JWTs of an issuer, or what it knows by introspection. */
      readonly bearer?:
        | string
        | {
            /** Who must have issued the tokens: their `iss`, exactly. */
            readonly issuer?: string;
            /** Whom tokens must be for: their `aud`, one of several. */
            readonly audience?: string | readonly string[];
            /** The signatures that are allowed. Default: RS256, PS256, ES256 and EdDSA; HS256 with secret. */
            readonly algorithms?: readonly string[];
            /** Where the keys are: a URL, or a file. Default: as the metadata of the issuer says. */
            readonly jwks?: string;
            /** In place of keys: a secret shared with the issuer, 32 bytes or more. */
            readonly secret?: string;
            /** Asks the issuer about each token (RFC 7662), for tokens that only it can read. Default: tokens are JWTs. */
            readonly introspection?: {
              /** The endpoint. */
              readonly url: string;
              /** Who this server is there. */
              readonly clientId: string;
              /** Its password. */
              readonly clientSecret: string;
              /** How long the endpoint may take. Default: 5s. */
              readonly timeout?: string | number;
            };
            /** How far clocks may differ. Default: 5s. */
            readonly leeway?: string | number;
            /** How long a good token is remembered, at most. Default: 1m, and 30s with introspection. */
            readonly cache?: string | number;
            /** The claim with the name of the user. Default: sub. */
            readonly name?: string;
            /** The claim with the roles; dots lead into objects: realm_access.roles. Default: roles. */
            readonly roles?: string;
            /** Scopes that tokens must have, all of them. Default: none. */
            readonly scopes?: readonly string[];
            /** Whether these URLs may lead to an inner network, and be plain http. Default: false. */
            readonly allowInner?: boolean;
            /** A PEM file with the authorities of the issuer. Default: those that come with Node. */
            readonly ca?: string;
          };
      /** Keys of programs, in a field or a query parameter. */
      readonly apiKey?: {
        /** Names, each with the SHA-256 of its key: sha256: and 64 digits, as `printf %s "$KEY" | sha256sum` prints them. Several while one replaces another. */
        readonly keys: Readonly<Record<string, string | readonly string[]>>;
        /** The field that brings the key; null: none. Default: X-API-Key. */
        readonly header?: string | null;
        /** The query parameter that brings it. URLs end up in logs, so prefer the field. Default: none. */
        readonly query?: string;
        /** Roles, each with the names of those who have it. Default: none. */
        readonly roles?: Readonly<Record<string, readonly string[]>>;
      };
      /** URLs that an application has signed with `signUrl` of @windhover/auth, for some time, a path or a client. */
      readonly signedUrl?:
        | string
        | readonly string[]
        | {
            /** What URLs are signed with, 16 characters or more; several while one replaces another. */
            readonly secret: string | readonly string[];
            /** The methods such URLs may be used with. Default: GET and HEAD. */
            readonly methods?: readonly string[];
          };
      /** Client certificates of connections to this server, or those that a proxy in front has verified. */
      readonly clientCertificate?: {
        /** Proxies that end TLS, verify the certificate, and send it in Client-Cert (RFC 9440). Default: none, the certificate is that of the connection, for which the `tls` of the site asks with `clientCertificates`. */
        readonly trust?: readonly string[];
        /** Which user a certificate stands for: those for one certificate first, then the others in their order. */
        readonly rules: readonly {
          /** One certificate, by the SHA-256 of its DER form. */
          readonly fingerprint?: string;
          /** Fields of the subject, `*` for anything: { O: Example, CN: "*.staff" }. */
          readonly subject?: Readonly<Record<string, string>>;
          /** Fields of the issuer. */
          readonly issuer?: Readonly<Record<string, string>>;
          /** The name of the user, with fields of the subject in braces: "{CN}". null: such certificates are refused. */
          readonly user: string | null;
          /** The roles of the user. Default: none. */
          readonly roles?: readonly string[];
        }[];
      };
      /** Kerberos logins, as Windows authentication (HTTP Negotiate). Needs the package kerberos. */
      readonly negotiate?: {
        /** The file with the keys of this server; one for all sites. Default: as KRB5_KTNAME and krb5.conf say. */
        readonly keytab?: string;
        /** The first part of the service's principal. Default: HTTP. */
        readonly service?: string;
        /** The host in the service's principal. Default: every host of the keytab. */
        readonly host?: string;
        /** The realms whose users may log in, each with how they are named: { EXAMPLE.COM: "{user}" }. Default: all, as "{user}@{realm}". */
        readonly realms?: Readonly<Record<string, string>>;
        /** Single principals, each with its name; null refuses it. Default: none. */
        readonly users?: Readonly<Record<string, string | null>>;
        /** Roles, each with the names of those who have it; groups in tickets are not read. Default: none. */
        readonly roles?: Readonly<Record<string, readonly string[]>>;
        /** Whether every request needs a ticket, not only the first one of a connection. Default: false. */
        readonly perRequest?: boolean;
        /** How long a connection keeps its user; then the client shows a ticket again. Default: 1h. */
        readonly bind?: string | number;
        /** The largest token. Default: 48000. */
        readonly maxToken?: string | number;
      };
      /** Lets another service decide: 2xx lets a request pass, any other answer goes to the client. It always answers, so it stands last in a list. */
      readonly forward?:
        | string
        | {
            /** Where requests are decided about. It gets GET with X-Forwarded-* and X-Original-* of the request. */
            readonly to: string;
            /** The field of a good answer with the name of the user. Default: Remote-User. */
            readonly user?: string;
            /** The field with the roles, commas between. Default: Remote-Groups. */
            readonly roles?: string;
            /** More fields of a good answer that the request gets. The client's own are removed in every case, under every spelling. Default: none. */
            readonly copy?: readonly string[];
            /** Fields of the request that the service gets. Default: Authorization, Cookie, Accept, Accept-Language, User-Agent and X-Requested-With. */
            readonly send?: readonly string[];
            /** How long the service may take. Default: 5s. */
            readonly timeout?: string | number;
            /** The longest answer that clients get from it. Default: 64KiB: a page for logging in. */
            readonly maxAnswer?: string | number;
            /** How long a good answer is remembered for the same question: address, method, URL and fields. Default: 0s, never. */
            readonly cache?: string | number;
            /** The fields that its answers depend on. Default: those of `send`. */
            readonly cacheBy?: readonly string[];
          };
      /** Logs users in at an OpenID Connect provider. It needs `session` beside it, and stands last in a list, because it leads pages without a user to the provider; others get 401. */
      readonly oidc?: {
        /** The provider, exactly as its metadata names it. https, or http on this machine. */
        readonly issuer: string;
        /** Who this server is there. */
        readonly clientId: string;
        /** Its secret, best from a variable. Default: none, a public client. */
        readonly clientSecret?: string;
        /** A private key in place of the secret (private_key_jwt). Default: none. */
        readonly clientKey?:
          | string
          | {
              /** A PEM file with the private key: `-----BEGIN PRIVATE KEY-----`. */
              readonly file: string;
              /** How it signs. Default: ES256. */
              readonly algorithm?:
                | 'ES256'
                | 'ES384'
                | 'ES512'
                | 'RS256'
                | 'RS384'
                | 'RS512'
                | 'PS256'
                | 'PS384'
                | 'PS512'
                | 'EdDSA'
                | 'Ed25519';
              /** The `kid` under which the provider knows the key. Default: none. */
              readonly id?: string;
            };
        /** What is asked for, `openid` among it. Default: openid, profile and email. */
        readonly scopes?: readonly string[];
        /** More parameters of the request to the provider: { prompt: login }. Default: none. */
        readonly parameters?: Readonly<Record<string, string>>;
        /** How browsers reach this server. Default: the scheme and host that the request names. */
        readonly origin?: string;
        /** Where the provider sends the browser back to. Default: /auth/callback. */
        readonly redirectPath?: string;
        /** A link to it logs in, and goes to the path in ?to=. Default: /auth/login. */
        readonly loginPath?: string;
        /** A form or a link on this website logs out here. Default: /auth/logout. */
        readonly logoutPath?: string;
        /** Where the provider tells of logouts elsewhere. Default: /auth/backchannel. */
        readonly backchannelPath?: string;
        /** Where the browser goes after a logout; null: it stays at the provider. Default: /. */
        readonly afterLogoutPath?: string | null;
        /** Whether pages without a user lead to the provider; otherwise only loginPath does. Default: true. */
        readonly asks?: boolean;
        /** The claim with the name of the user. Default: sub. */
        readonly name?: string;
        /** The claim with the roles; dots lead into objects: realm_access.roles. Default: roles. */
        readonly roles?: string;
        /** Claims that the session keeps, for rules of `authorize`. Default: name and email. */
        readonly claims?: readonly string[];
        /** Whether claims are read from the UserInfo endpoint too. Default: false. */
        readonly userInfo?: boolean;
        /** Whether the session keeps the ID token, so that the provider need not ask at a logout. Use a store for that. Default: false. */
        readonly keepIdToken?: boolean;
        /** The name of a store under `stores`: a logout that the provider tells to one server holds on all of them, and one server refreshes a login for all. Default: the workers of this server tell each other. */
        readonly store?: string;
        /** How far clocks may differ. Default: 30s. */
        readonly leeway?: string | number;
        /** How long the provider may take to answer. Default: 5s. */
        readonly timeout?: string | number;
        /** Whether the provider may be plain http on another machine. Default: false. */
        readonly allowInsecure?: boolean;
      };
    }
  | boolean;

/** Who may: the first rule that fits decides, and if none fits, the answer is no. Rules of a route replace those of its site. */
export type AuthorizeFeature =
  | readonly {
      /** Who may: everyone, logged-in, anonymous, or what must fit. */
      readonly allow?:
        | 'everyone'
        | 'logged-in'
        | 'anonymous'
        | {
            /** Prefixes of the path, in whole segments. Default: every path. */
            readonly path?: string | readonly string[];
            /** Methods. Default: every method. */
            readonly method?: string | readonly string[];
            /** Names of users. Default: everybody. */
            readonly user?: string | readonly string[];
            /** Roles, one of which the user must have. Default: everybody. */
            readonly role?: string | readonly string[];
            /** Claims, each with the value, or the values one of which it must have. Default: none is needed. */
            readonly claim?: Readonly<
              Record<string, string | number | boolean | readonly (string | number | boolean)[]>
            >;
            /** Whether somebody has logged in. Default: both. */
            readonly login?: boolean;
            /** Addresses of clients, and networks such as 10.0.0.0/8. Default: every address. */
            readonly network?: string | readonly string[];
          };
      /** Who may not. */
      readonly deny?:
        | 'everyone'
        | 'logged-in'
        | 'anonymous'
        | {
            /** Prefixes of the path, in whole segments. Default: every path. */
            readonly path?: string | readonly string[];
            /** Methods. Default: every method. */
            readonly method?: string | readonly string[];
            /** Names of users. Default: everybody. */
            readonly user?: string | readonly string[];
            /** Roles, one of which the user must have. Default: everybody. */
            readonly role?: string | readonly string[];
            /** Claims, each with the value, or the values one of which it must have. Default: none is needed. */
            readonly claim?: Readonly<
              Record<string, string | number | boolean | readonly (string | number | boolean)[]>
            >;
            /** Whether somebody has logged in. Default: both. */
            readonly login?: boolean;
            /** Addresses of clients, and networks such as 10.0.0.0/8. Default: every address. */
            readonly network?: string | readonly string[];
          };
    }[]
  | {
      /** The first rule that fits decides; if none fits, the answer is no. */
      readonly rules?: readonly {
        /** Who may: everyone, logged-in, anonymous, or what must fit. */
        readonly allow?:
          | 'everyone'
          | 'logged-in'
          | 'anonymous'
          | {
              /** Prefixes of the path, in whole segments. Default: every path. */
              readonly path?: string | readonly string[];
              /** Methods. Default: every method. */
              readonly method?: string | readonly string[];
              /** Names of users. Default: everybody. */
              readonly user?: string | readonly string[];
              /** Roles, one of which the user must have. Default: everybody. */
              readonly role?: string | readonly string[];
              /** Claims, each with the value, or the values one of which it must have. Default: none is needed. */
              readonly claim?: Readonly<
                Record<string, string | number | boolean | readonly (string | number | boolean)[]>
              >;
              /** Whether somebody has logged in. Default: both. */
              readonly login?: boolean;
              /** Addresses of clients, and networks such as 10.0.0.0/8. Default: every address. */
              readonly network?: string | readonly string[];
            };
        /** Who may not. */
        readonly deny?:
          | 'everyone'
          | 'logged-in'
          | 'anonymous'
          | {
              /** Prefixes of the path, in whole segments. Default: every path. */
              readonly path?: string | readonly string[];
              /** Methods. Default: every method. */
              readonly method?: string | readonly string[];
              /** Names of users. Default: everybody. */
              readonly user?: string | readonly string[];
              /** Roles, one of which the user must have. Default: everybody. */
              readonly role?: string | readonly string[];
              /** Claims, each with the value, or the values one of which it must have. Default: none is needed. */
              readonly claim?: Readonly<
                Record<string, string | number | boolean | readonly (string | number | boolean)[]>
              >;
              /** Whether somebody has logged in. Default: both. */
              readonly login?: boolean;
              /** Addresses of clients, and networks such as 10.0.0.0/8. Default: every address. */
              readonly network?: string | readonly string[];
            };
      }[];
      /** In place of rules, those of IIS by folder, `/` for the whole site: inherited, all Deny rules before all Allow rules, without case. */
      readonly iis?: Readonly<
        Record<
          string,
          readonly {
            /** What the rule does. */
            readonly accessType: 'Allow' | 'Deny';
            /** Names with commas between; * is everybody, ? who has not logged in. */
            readonly users?: string;
            /** Roles with commas between. */
            readonly roles?: string;
            /** Methods with commas between. Default: all. */
            readonly verbs?: string;
          }[]
        >
      >;
      /** Whether paths, names and roles are compared without case. Default: false, true with iis. */
      readonly ignoreCase?: boolean;
      /** With rules by path, what becomes of paths that servers behind could read as another one, such as /a%2F..%2Fb. Default: refuse, with 400. */
      readonly ambiguousPaths?: 'refuse' | 'pass';
    }
  | boolean;

/** Limits WebSocket connections that a proxy passes on. false: they get 403. Other requests are not touched. */
export type WebsocketFeature =
  | {
      /** The largest message of a client, as it is sent; a larger one ends the connection. Default: no limit. */
      readonly maxMessage?: string | number;
      /** Ends a connection without a message for this time; pings do not count. Default: no limit. */
      readonly idle?: string | number;
      /** Ends a connection at this age. Default: no limit. */
      readonly maxAge?: string | number;
      /** The pages that may connect: same for those of this host, or origins such as https://app.example.com. Default: *, the application decides. */
      readonly origins?: 'same' | '*' | string | readonly string[];
    }
  | false
  | boolean;

/** Keeps answers and gives them to other clients (RFC 9111). Requests for one URL at the same time ask the origin once. Each worker process has its own memory; a folder of `store` is shared, and several servers share one of `stores`. */
export type CacheFeature =
  | true
  | 'honor-origin'
  | 'micro-cache'
  | 'static-assets'
  | {
      /** Where the other defaults come from. Default: honor-origin. */
      readonly preset?: 'honor-origin' | 'micro-cache' | 'static-assets';
      /** How long a success is fresh if its origin does not say so; not for requests with cookies or a login. null: it is not stored. Default: that of the preset. */
      readonly ttl?: string | number | null;
      /** The same for 404 and 410. Default: that of the preset. */
      readonly notFound?: string | number | null;
      /** Whether these times count even if the origin says others; no-store, private and Set-Cookie always win. Default: false, since the origin knows best. */
      readonly overrideOrigin?: boolean;
      /** How long a stale answer may be used while it is validated, at least. Default: that of the preset. */
      readonly stale?: string | number;
      /** How long a stale answer may be used while the origin fails, at least. Default: that of the preset. */
      readonly staleIfError?: string | number;
      /** Query parameters that do not change the answer, such as utm_*; true: all of them. Default: none. */
      readonly ignoreQuery?: true | readonly string[];
      /** Request fields that answers depend on although their Vary does not say so. Default: none. */
      readonly vary?: readonly string[];
      /** What belongs to the key besides the URL, without a word to clients. Default: nothing. */
      readonly key?: {
        /** Request fields. Default: none. */
        readonly headers?: readonly string[];
        /** Cookies. Default: none. */
        readonly cookies?: readonly string[];
      };
      /** Where answers are kept: the name of one of `caches`, or its options in place, such as { disk: ./cache } or { store: shared }. Default: memory for this route alone. */
      readonly store?: string | Readonly<Record<string, unknown>>;
      /** How much memory each worker uses here, without `store`. Default: 64MiB, a small part of the memory of any server. */
      readonly maxSize?: string | number;
      /** Larger answers are not stored. Default: 1MiB in memory, because content that arrives is held there; an eighth of diskSize on disk. */
      readonly maxObject?: string | number;
      /** Lets PURGE requests remove what is stored: of their URL, of all URLs that start so if the path ends in *, or with the tags in Surrogate-Key. `Soft-Purge: 1` only makes it stale. True: for clients on this machine. Default: nobody can. */
      readonly purge?:
        | true
        | {
            /** Who may purge: addresses, networks, and the presets loopback, private, linklocal and unix. Default: loopback, or with a token everybody who has it. */
            readonly from?: string | readonly string[];
            /** Must come as `Authorization: Bearer …`. Default: none, the address is enough. */
            readonly token?: string;
            /** The method of such requests. Default: PURGE, as for Varnish and nginx. */
            readonly method?: string;
          };
      /** How much memory in each worker parts (206) of answers may take that are too large to be stored whole. 0: none are kept. Default: 16MiB, a small part of the memory of any server. */
      readonly maxParts?: string | number;
      /** The methods that are answered from the cache: GET, or GET and HEAD. Others pass by, because their answers depend on content, which is not part of the key. Default: both. */
      readonly methods?: readonly ('GET' | 'HEAD')[];
      /** How often a URL must be asked for before its answer is stored. Default: 1. */
      readonly minUses?: number;
      /** Whether Cache-Control of requests is ignored, so that no client can make the origin work. Default: that of the preset, false for honor-origin. */
      readonly ignoreClient?: boolean;
      /** How long requests wait for the answer to another one, before the next of them asks the origin too. Default: 10s. */
      readonly lockTimeout?: string | number;
    }
  | boolean;

/** Compresses answers, for clients that accept it. An answer that is compressed already, or a part of a file, stays as it is. */
export type CompressFeature =
  | true
  | {
      /** The media types to compress, such as text/*. Default: text, JSON, XML, SVG, WebAssembly and the like. */
      readonly types?: readonly string[];
      /** Smaller bodies are sent uncompressed. Default: 1KiB, because such a body fits into one packet anyway. */
      readonly minSize?: string | number;
      /** The codings to offer; of those that a client likes equally, the first is used. Default: br, zstd (since Node 22.15), gzip, deflate. */
      readonly encodings?: readonly ('br' | 'zstd' | 'gzip' | 'deflate')[];
      /** How hard to compress. The defaults cost about the same time for an answer of 16 KB. */
      readonly levels?: {
        /** Default: 4. */
        readonly br?: number;
        /** Default: 3. */
        readonly zstd?: number;
        /** Default: 6. */
        readonly gzip?: number;
        /** Default: 6. */
        readonly deflate?: number;
      };
      /** How long the bytes of a slow body may wait for more. Default: 50ms, which nobody notices; server-sent events never wait. null: as long as the encoder likes. */
      readonly flush?: string | number | null;
      /** How many bodies above 32 KiB are compressed at a time; the rest is sent as it is. Default: 256, because each takes up to 0.9 MB. */
      readonly maxEncoders?: number | null;
      /** Which requests with cookies or a login get an uncompressed answer, so that nobody can measure how well a guess compresses next to a secret (BREACH). Default: cross-site, those that a page of another site has sent. */
      readonly breach?: 'cross-site' | 'credentials' | 'off';
    }
  | boolean;

/** Decompresses request bodies. Default: off, since a proxy passes them on unchanged. */
export type DecompressFeature =
  | true
  | {
      /** The largest body after decompression; 413 beyond. Default: 30MB, as without compression. null: no limit. */
      readonly maxSize?: string | number | null;
      /** How many bytes one byte may become, beyond the first MiB; 413 beyond. Default: 100; texts stay below 20, files made to fill the memory reach 1,000. null: no limit. */
      readonly maxRatio?: number | null;
      /** How many codings a body may have, one inside the other; with more, the answer is 415. Default: 2. */
      readonly maxCodings?: number;
    }
  | boolean;

/** Changes answers on their way out: values of headers, links of pages, texts of bodies, which stream through. What an application has compressed is decompressed first; `compress` compresses it again. */
export type OutboundFeature =
  | readonly (
      | {
          /** A header of the answer. */
          readonly header: string;
          /** A text; wherever it stands, `to` takes its place. */
          readonly find?: string;
          /** A regular expression, in place of `find`: the whole value becomes `to`. */
          readonly pattern?: string;
          /** What takes its place, with values such as `{host}`; `{1}` is a group of `pattern`. */
          readonly to: string;
        }
      | {
          /** Elements of HTML pages whose links are changed, such as `[a, img]`; `all` of them. */
          readonly links: 'all' | readonly string[];
          /** A text; wherever it stands, `to` takes its place. */
          readonly find?: string;
          /** A regular expression, in place of `find`: the whole value becomes `to`. */
          readonly pattern?: string;
          /** What takes its place, with values such as `{host}`; `{1}` is a group of `pattern`. */
          readonly to: string;
        }
      | {
          /** A text of bodies; wherever it stands, `to` takes its place. */
          readonly find: string;
          /** What takes its place, with values such as `{host}`; `{1}` is a group of `pattern`. */
          readonly to: string;
          /** Media types of the bodies; `text/*` is every text. Default: text/html. */
          readonly types?: readonly string[];
        }
    )[]
  | {
      /** The rules. */
      readonly rules: readonly (
        | {
            /** A header of the answer. */
            readonly header: string;
            /** A text; wherever it stands, `to` takes its place. */
            readonly find?: string;
            /** A regular expression, in place of `find`: the whole value becomes `to`. */
            readonly pattern?: string;
            /** What takes its place, with values such as `{host}`; `{1}` is a group of `pattern`. */
            readonly to: string;
          }
        | {
            /** Elements of HTML pages whose links are changed, such as `[a, img]`; `all` of them. */
            readonly links: 'all' | readonly string[];
            /** A text; wherever it stands, `to` takes its place. */
            readonly find?: string;
            /** A regular expression, in place of `find`: the whole value becomes `to`. */
            readonly pattern?: string;
            /** What takes its place, with values such as `{host}`; `{1}` is a group of `pattern`. */
            readonly to: string;
          }
        | {
            /** A text of bodies; wherever it stands, `to` takes its place. */
            readonly find: string;
            /** What takes its place, with values such as `{host}`; `{1}` is a group of `pattern`. */
            readonly to: string;
            /** Media types of the bodies; `text/*` is every text. Default: text/html. */
            readonly types?: readonly string[];
          }
      )[];
      /** The largest body that is decompressed to be changed. Default: 64MiB. A larger one fails. */
      readonly maxDecompressed?: string | number;
    }
  | boolean;

/** Answers what the route fails to answer with other features: `fallback: { static: ./offline }`, or `fallback: { proxy: spare }`. Any feature of a route may stand beside `on`. If they do not answer either, the failure is answered. An upstream gets the body of the request only if nobody has read it yet, or it was kept (`proxy.keepBody`). */
export type FallbackFeature =
  | {
      /** The statuses on which it is used. Default: [502, 503, 504], the upstream did not answer. */
      readonly on?: readonly number[];
    }
  | boolean;

/** Sends copies of requests elsewhere, and ignores the answers: `mirror: { proxy: staging, share: 0.1 }`. Any feature of a route may stand beside `share`. Clients do not wait for it. */
export type MirrorFeature =
  | {
      /** The share of requests that are copied. Default: 1. */
      readonly share?: number;
      /** Requests with a longer body, or one of unknown length, are not copied. Default: 64KiB. */
      readonly maxBody?: string | number;
      /** Copies at a time; requests above that are not copied. Default: 100. */
      readonly maxAtOnce?: number;
    }
  | boolean;

/** Serves the files of a folder. The path of the route stands for the folder; what is not there goes to the next origin of the route. */
export type StaticFeature =
  | string
  | readonly string[]
  | {
      /** The folder to serve, or several: the first that has a file sends it. A ZIP archive (site.zip) is served in place. A relative path starts at the folder of the configuration. */
      readonly root: string | readonly string[];
      /** Virtual directories: other folders or archives by their path below this one, as in `{ /docs: ../docs/dist }`. */
      readonly mounts?: Readonly<Record<string, string>>;
      /** Documents that answer for a folder. Default: index.html. */
      readonly index?: readonly string[];
      /** Where a file is looked for, in order. `{path}` is the requested path: `["{path}", "{path}.html"]` serves about.html for /about. Default: ["{path}"]. */
      readonly tryFiles?: readonly string[];
      readonly fallback?: FallbackFeature;
      /** Whether names that begin with a dot are served. Default: hide, since .git and .env end up in folders. */
      readonly dotfiles?: 'hide' | 'serve';
      /** Which symbolic links count. Default: those that stay inside the folder. */
      readonly symlinks?: 'inside' | 'follow';
      /** The Cache-Control of every file, or values by pattern: `{ "assets/**": immutable }`. immutable stands for a year; null for none. Default: no-cache, keep a copy but ask before using it. */
      readonly cacheControl?: string | null | Readonly<Record<string, string | null>>;
      /** Sends app.js.br, app.js.zst or app.js.gz for app.js to clients that accept them; a list says which, in order of preference. Default: false. */
      readonly precompressed?: boolean | readonly ('br' | 'zstd' | 'gzip')[];
      /** What to do with a compressed copy that is older than its file. Default: skip, it was probably forgotten. */
      readonly olderCopies?: 'skip' | 'serve';
      /** Content types by extension, before those that are known. */
      readonly types?: Readonly<Record<string, string>>;
      /** Shows the entries of folders without an index, as a page or as JSON. Default: false, because a list tells names that nobody linked to. */
      readonly listing?:
        | boolean
        | {
            /** How many entries a page shows at most. Default: 5000, which is about 1 MB. */
            readonly maxEntries?: number;
          };
      /** Lets clients download a folder as a ZIP archive, with ?zip after its path. Default: false, because it costs far more than a file. */
      readonly zip?:
        | boolean
        | {
            /** How many files a download has at most. Default: 10000. */
            readonly maxFiles?: number;
            /** How large they are together, before compression. Default: 1GiB. */
            readonly maxSize?: string | number;
          };
      readonly cache?: CacheFeature;
      /** Files up to this size get a hash of their content as ETag. Default: 32MiB. null: all files. */
      readonly maxHashed?: string | number | null;
    }
  | boolean;

/** Passes requests on to an upstream, and its answers back. */
export type ProxyFeature =
  | string
  | readonly (
      | string
      | {
          /** Its address. */
          readonly url: string;
          /** Its share of the requests, compared with the others. Default: 1. */
          readonly weight?: number;
          /** Whether it gets requests only while no other one is available. Default: false. */
          readonly backup?: boolean;
          /** Whether it gets only requests of clients that are bound to it by `sticky`. Default: false. */
          readonly drain?: boolean;
        }
    )[]
  | {
      /** The name of an upstream, its address, or several addresses. Beside addresses, the keys of an upstream may stand here. Needed unless `discover` finds them. */
      readonly to?:
        | string
        | readonly (
            | string
            | {
                /** Its address. */
                readonly url: string;
                /** Its share of the requests, compared with the others. Default: 1. */
                readonly weight?: number;
                /** Whether it gets requests only while no other one is available. Default: false. */
                readonly backup?: boolean;
                /** Whether it gets only requests of clients that are bound to it by `sticky`. Default: false. */
                readonly drain?: boolean;
              }
          )[];
      /** Whether the route's path is taken off before forwarding. Default: false. */
      readonly stripPrefix?: boolean;
      /** The Host that upstreams see: client, upstream (its own), or a host such as shop.internal. Default: client, so that links and cookies fit. */
      readonly host?: string;
      /** How the path is spelled to the upstream. Default: canonical, the path that rules have matched. */
      readonly forward?: 'canonical' | 'as-sent';
      /** Which headers tell the upstream about the client: X-Forwarded-For, -Proto and -Host, Forwarded (RFC 7239), both, or none. Default: x-forwarded. */
      readonly forwarded?: 'x-forwarded' | 'forwarded' | 'both' | 'none';
      /** The name of this server in Via, in requests and answers. Default: no Via, since nginx and IIS do not compress for requests that have one. */
      readonly via?: string;
      readonly requestHeaders?: RequestHeadersFeature;
      readonly responseHeaders?: ResponseHeadersFeature;
      /** Whether headers are left out that tell what the upstream runs, such as Server. Default: false. */
      readonly anonymous?: boolean;
      /** Whether redirects are corrected that name the upstream itself, or lack the prefix that was taken off. Default: true. */
      readonly rewriteLocation?: boolean;
      /** Changes the attributes of cookies from the upstream. Default: none. */
      readonly cookies?: {
        /** New domains by the old ones; `*` is any other, null leaves the domain out. Default: none. */
        readonly domain?: Readonly<Record<string, string | null>>;
        /** New paths by the old ones; `*` is any other. Default: none. */
        readonly path?: Readonly<Record<string, string>>;
        /** Whether to add Secure. Default: false. */
        readonly secure?: boolean;
      };
      /** Bodies up to this size are read whole before an upstream gets them, so that slow clients do not hold it. Default: 0, they are streamed. */
      readonly bufferRequests?: string | number;
      /** How much of an answer is read ahead of a slow client. Default: 0. */
      readonly bufferResponses?: string | number;
      /** How much of the body of a PUT or DELETE, over HTTP/2 of any request, is kept to be sent again. Default: 64KiB, enough for forms and JSON. */
      readonly keepBody?: string | number;
      /** How long connecting may take. Default: 3s. */
      readonly connectTimeout?: string | number;
      readonly timeout?: TimeoutFeature;
      /** How long an upstream may be silent within an answer. Default: 60s. */
      readonly bodyTimeout?: string | number | null;
      /** How long an unused connection is kept. Default: 4s, shorter than the 5s after which a Node upstream closes its side. */
      readonly idleTimeout?: string | number;
      /** How long an upgraded connection may be silent both ways. Default: 1h. */
      readonly tunnelIdle?: string | number | null;
      /** Over HTTP/2: how long a connection on which requests wait may be silent until it gets a PING; null sends none. Default: 30s. */
      readonly pingAfter?: string | number | null;
      /** How long the answer to a PING may take; then the connection ends, and its requests fail or are sent again. Default: 20s, as in gRPC and Kestrel. */
      readonly pingTimeout?: string | number;
      /** Unused connections kept to each upstream. Default: 256. */
      readonly maxIdle?: number;
      /** A page that GET and HEAD get at once, with 503 and Retry-After, while no server is available and one is being warmed up (`warmUp`). Default: they are passed on all the same. */
      readonly splash?: string;
      /** Where more servers are looked up: `dns`, `srv` or `file`. Default: nowhere. */
      readonly discover?: {
        /** A name whose addresses (A and AAAA) are the servers, looked up again when their TTL has passed. */
        readonly dns?: string;
        /** The port for `dns`. Default: 80; 443 for https. */
        readonly port?: number;
        /** A name whose SRV records are the servers, with weights, and backups by priority. */
        readonly srv?: string;
        /** A file with one address a line, or a JSON list, read again each second. */
        readonly file?: string;
        /** How servers from the DNS are spoken to. Default: http. */
        readonly scheme?: 'http' | 'https';
      };
      /** How one of several servers is chosen: round-robin, least-requests, p2c (the less busy of two), peak-ewma (the faster of two), random, first, or by a hash. Default: round-robin. */
      readonly balance?:
        | 'round-robin'
        | 'least-requests'
        | 'p2c'
        | 'peak-ewma'
        | 'random'
        | 'first'
        | {
            /** What decides: equal values go to the same server. */
            readonly hash:
              | 'client'
              | 'uri'
              | 'path'
              | {
                  /** The name of the header. */
                  readonly header: string;
                }
              | {
                  /** The name of the cookie. */
                  readonly cookie: string;
                };
            /** How many times its fair share of the requests under way a server may have, before others get some of its keys. HAProxy advises 1.25. Default: no bound. */
            readonly boundedLoad?: number;
          };
      /** Keeps the requests of a client at one server. Default: off. */
      readonly sticky?:
        | string
        | {
            /** The name of a cookie that the server sets. */
            readonly cookie?: string;
            /** In place of a cookie: a header that answers get, and that clients send back. */
            readonly header?: string;
            /** Signs the cookie, so that nobody can choose a server. The same on every machine. Default: none: whoever guesses the address of a server can choose it. */
            readonly secret?: string;
            /** How long the cookie lives. Default: until the browser is closed. */
            readonly maxAge?: string | number;
            /** Default: Lax. */
            readonly sameSite?: 'Strict' | 'Lax' | 'None';
          };
      /** Bounds the requests that each server answers at a time. Default: none. */
      readonly connections?:
        | number
        | {
            /** Requests at a time for each server, WebSockets included. Each worker counts for itself. */
            readonly max: number;
            /** How many more may wait; the next one gets 503. Default: 100. */
            readonly queue?: number;
            /** How long one waits at most, then it gets 503. Default: 5s. */
            readonly queueTimeout?: string | number;
          };
      /** Asks every server regularly whether it works. Each worker asks for itself. Default: off. */
      readonly health?:
        | string
        | {
            /** What is asked for. Default: /. */
            readonly path?: string;
            /** Default: GET. */
            readonly method?: string;
            /** The Host of the check. Default: the server's own. */
            readonly host?: string;
            /** The time between two checks. Default: 5s, as in NGINX Plus. */
            readonly every?: string | number;
            /** How long an answer may take. Default: 1s. */
            readonly timeout?: string | number;
            /** Checks in a row that succeed, until it gets requests again. Default: 2, as in HAProxy. */
            readonly rise?: number;
            /** Checks in a row that fail, until it gets no more requests. Default: 3, as in HAProxy. */
            readonly fall?: number;
            /** The statuses of a success: numbers, or classes such as 2xx. Default: 2xx and 3xx. */
            readonly status?: readonly (number | string)[] | number | string;
            /** A text that the answer must contain. Default: none. */
            readonly body?: string;
          };
      /** Takes a server out for a while that fails too often in a row. Default: off. */
      readonly eject?:
        | true
        | {
            /** Failed requests in a row: a status from 500 on, or no answer. Default: 5, as in Envoy. */
            readonly failures?: number;
            /** How long the first ejection lasts; the second lasts twice as long. Default: 30s, as in Envoy. */
            readonly for?: string | number;
            /** The longest ejection. Default: 5m, as in Envoy. */
            readonly max?: string | number;
            /** At most this share of the servers is ejected at a time, but always one. Default: 0.1, as in Envoy. */
            readonly share?: number;
          };
      /** Answers 503 at once while most requests to a server fail, in place of sending more. Default: off. */
      readonly breaker?:
        | true
        | {
            /** The share of failed requests at which no more are sent. Default: 0.5. */
            readonly errors?: number;
            /** Fewer requests decide nothing. Default: 20. */
            readonly requests?: number;
            /** The time over which requests are counted. Default: 10s. */
            readonly window?: string | number;
            /** How long requests get 503; then one of them tries the server. Default: 10s, as in Traefik. */
            readonly for?: string | number;
          };
      /** Sends a request that failed to another server. Default: only where it could not be connected, to each one. */
      readonly retry?:
        | number
        | {
            /** How often a request is sent at most, the first time included. Default: 2. */
            readonly attempts?: number;
            /** What is tried again: connect, reset (closed without an answer), timeout, bad-response, 5xx, or a status. Default: connect, reset, timeout, 502, 503, 504. */
            readonly on?:
              | readonly ('connect' | 'reset' | 'timeout' | 'bad-response' | '5xx' | number | string)[]
              | 'connect'
              | 'reset'
              | 'timeout'
              | 'bad-response'
              | '5xx'
              | number
              | string;
            /** Retries under way, as a share of the requests under way; three are always allowed. Default: 0.2, as in Envoy. */
            readonly budget?: number;
            /** How long each attempt but the last may take until its answer begins. Default: as long as the route says. */
            readonly perTry?: string | number;
            /** Methods that may be sent twice, beside GET, PUT and the other idempotent ones. Default: none. */
            readonly methods?: readonly string[] | string;
          };
      /** How long a server that is new or back takes to get its full share. Default: 0s. */
      readonly slowStart?: string | number;
      /** When a smaller share of the servers is available, all get requests. Default: 0; 0.5 in Envoy. */
      readonly panic?: number;
      /** How long a server that could not be reached is passed over, while there is another. Default: 10s. */
      readonly rest?: string | number;
      readonly proxyProtocol?: ProxyProtocolFeature;
      /** Requests that each server answers before it gets those of clients: when this server starts, when one is new, and when it was away. Each worker asks for itself. Default: none. */
      readonly warmUp?:
        | readonly string[]
        | string
        | {
            /** What is asked for, one after the other. */
            readonly paths: readonly string[] | string;
            /** The Host of these requests. Default: the server's own. */
            readonly host?: string;
            /** How long it may take; then the server gets requests all the same. Default: 90s, as a start in IIS. */
            readonly within?: string | number;
          };
      /** What the servers speak. `http2`: by ALPN with https://, by prior knowledge without; WebSocket needs servers with extended CONNECT (RFC 8441) there. `auto`: what a server with https:// chooses by ALPN, and HTTP/1.1 without TLS and for WebSocket. Default: http1. */
      readonly protocol?: 'http1' | 'http2' | 'auto';
      readonly tls?: TlsFeature;
    }
  | boolean;

/** Passes requests on to one of `apps`, whose processes this server runs. */
export type AppFeature =
  | string
  | {
      /** The name of one of `apps`. */
      readonly name: string;
      /** Whether the route's path is taken off before the application sees it. Default: false. */
      readonly stripPrefix?: boolean;
      readonly timeout?: TimeoutFeature;
      /** How long it may be silent within an answer. Default: 60s. */
      readonly bodyTimeout?: string | number | null;
      /** Another page than that of the application, shown on this route while it starts. */
      readonly splash?: string;
      /** How long an upgraded connection may be silent both ways. Default: 1h. */
      readonly tunnelIdle?: string | number | null;
    }
  | boolean;

/** Sends shares of the requests different ways, for a new version or an experiment: `split: [{ weight: 95, proxy: shop }, { weight: 5, proxy: next }]`. */
export type SplitFeature =
  | readonly {
      /** Its name in the cookie. Default: its number, from 1 on. */
      readonly name?: string;
      /** Its share of the requests that no `when` decides about, compared with the others. Default: 0. */
      readonly weight?: number;
      /** Requests that have all of this take it, whatever its weight. Default: none do. */
      readonly when?: {
        /** Headers that a request must have: a value, or true for any. */
        readonly headers?: Readonly<Record<string, string | true>>;
        /** Cookies that a request must have: a value, or true for any. */
        readonly cookies?: Readonly<Record<string, string | true>>;
      };
    }[]
  | {
      /** The ways that requests may take. Each has any features of a route beside `weight`: `proxy: shop`. */
      readonly to: readonly {
        /** Its name in the cookie. Default: its number, from 1 on. */
        readonly name?: string;
        /** Its share of the requests that no `when` decides about, compared with the others. Default: 0. */
        readonly weight?: number;
        /** Requests that have all of this take it, whatever its weight. Default: none do. */
        readonly when?: {
          /** Headers that a request must have: a value, or true for any. */
          readonly headers?: Readonly<Record<string, string | true>>;
          /** Cookies that a request must have: a value, or true for any. */
          readonly cookies?: Readonly<Record<string, string | true>>;
        };
      }[];
      /** A cookie that keeps a client on its way. Default: each request is decided anew. */
      readonly cookie?: string;
      /** Signs the cookie, so that clients cannot choose. Default: they can. */
      readonly secret?: string;
      /** How long the cookie lives. Default: until the browser is closed. */
      readonly maxAge?: string | number;
    }
  | boolean;

/** Gives a fixed answer: a number is its status, a text its body. */
export type RespondFeature =
  | number
  | string
  | {
      /** The status. Default: 200. */
      readonly status?: number;
      /** The content, as text. Default: none. */
      readonly body?: string;
      /** Fields of the answer. A body is text/plain unless they say otherwise. */
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    }
  | boolean;

/** Requests, and what the rules must make of them. They run each time the configuration is loaded, without sending anything: `windhover check` shows what is wrong, and a server does not start with rules that break its tests. */
export type TestsFeature =
  | readonly {
      /** A method and an address: `GET https://shop.example/p/5`. Without a method: GET. Without a host: only with a default site. */
      readonly request: string;
      /** Fields of the request. Default: none. */
      readonly headers?: Readonly<Record<string, string>>;
      /** The address of the client. Default: 127.0.0.1. */
      readonly client?: string;
      /** A status (`410`), a redirect (`301 https://shop.example/new`), the path and query after rewrites (`/product?id=5`), or a map of what must be. */
      readonly expect:
        | number
        | string
        | {
            /** The status of the answer. Default: any. */
            readonly status?: number;
            /** Where a redirect leads. Default: anywhere. */
            readonly location?: string;
            /** Path and query after every rewrite. Default: any. */
            readonly url?: string;
            /** The name of the site. Default: any. */
            readonly site?: string;
            /** The path of the route. Default: any. */
            readonly route?: string;
          };
    }[]
  | boolean;
