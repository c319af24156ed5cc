/** A stand-in for an object of the platform. */
interface Light {
  toReal(): object;
}

/**
 * Makes `instanceof` hold, and gives a light class every missing member of the platform's class. Such a member creates the real object.
 *
 * @param own names of properties that instances define themselves
 */
export function forwardMembers(
  light: { prototype: Light },
  native: { prototype: object },
  own: readonly string[] = [],
): void {
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(native.prototype))) {
    if (Object.hasOwn(light.prototype, name) || own.includes(name)) continue;
    Object.defineProperty(light.prototype, name, { ...forwarded(member), configurable: true });
  }
  Object.setPrototypeOf(light.prototype, native.prototype);
}

function forwarded({ get, value }: PropertyDescriptor): PropertyDescriptor {
  if (get !== undefined) {
    return {
      get(this: Light): unknown {
        return get.call(this.toReal());
      },
    };
  }
  return {
    value(this: Light, ...input: unknown[]): unknown {
      return (value as (...input: unknown[]) => unknown).apply(this.toReal(), input);
    },
    writable: true,
  };
}
