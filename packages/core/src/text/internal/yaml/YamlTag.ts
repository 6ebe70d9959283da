/**
 * What go-yaml's scanner takes for a tag: `!`, `!x`, `!!x`, `!h!x` and `!<uri>`.
 */
const uri = "(?:[\\w\\-;/?:@&=+$,.!~*'()[\\]]|%[\\da-fA-F]{2})"

const pattern = new RegExp(`^!(?:<${uri}+>|[\\w-]*!${uri}+|${uri}*)$`)

export const isTag = (source: string): boolean => pattern.test(source)
