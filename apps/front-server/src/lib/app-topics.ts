// What the feature `apps` calls `state`, `use` and `defined`: on the bus, the name of the feature stands before it.

/** The owner of applications tells workers about one: `AppSnapshot`. */
export const appStateTopic = 'apps state';
/** Workers tell the owner: `AppUse`. It is meant for nobody else. */
export const appUseTopic = 'apps use';
/** A worker has a configuration with that application: `AppDefinition`. Only a server without workers needs it. */
export const appDefinedTopic = 'apps defined';
