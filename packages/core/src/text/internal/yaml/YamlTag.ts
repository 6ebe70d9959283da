/**
 * What go-yaml's scanner takes for a tag: `!`, `!x`, `!!x`, `!h!x` and `!<uri>`.
 */
const uri = "[\\w\\-;/?:@&=+$,.!~*'()[\\]%]"

const pattern = new RegExp(`^!(?:<${uri}+>|[\\w-]*!${uri}+|${uri}*)$`)

const badEscape = /%(?![\da-fA-F]{2})/

export const isTag = (source: string): boolean => pattern.test(source) && !badEscape.test(source)
