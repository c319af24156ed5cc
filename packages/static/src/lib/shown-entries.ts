import { contextKey, type HttpContext } from '@windhover/core';
import type { StaticSettings } from './options.ts';

type ShownSettings = Pick<StaticSettings, 'allow' | 'prefix'>;

/** Set by `authorize` of `@windhover/auth` where its rules go by path: whether the same user may ask for another path. */
const mayShowKey = contextKey<(context: HttpContext, path: string) => boolean>('auth.mayShow');

/** The settings for showing a folder: without the entries whose own path would be refused. */
export function forUser<Settings extends ShownSettings>(context: HttpContext, settings: Settings): Settings {
  const mayShow = context.get(mayShowKey);
  if (mayShow === undefined) return settings;
  const { allow, prefix } = settings;
  const pathOf = (place: string): string => `${prefix}/${place.split('/').map(encodeURIComponent).join('/')}`;
  return { ...settings, allow: (place: string) => allow(place) && mayShow(context, pathOf(place)) };
}
