/** The first offset from `at` on with more than blanks, line breaks and comments, which need no blank before them. */
export const skipBlanks = (text: string, at: number): number => {
  const blanks = /(?:[ \t\n]|#[^\n]*)*/y
  blanks.lastIndex = at
  blanks.test(text)
  return blanks.lastIndex
}
