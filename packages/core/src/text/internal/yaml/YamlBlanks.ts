/** The first offset from `at` on with more than blanks, line breaks and comments, which need no blank before them. */
export const skipBlanks = (text: string, at: number): number => {
  const run = /[ \t\n]+|#[^\n]*/y // one at a time: as a repeated group, millions of lines use up the stack
  let end = at
  for (run.lastIndex = at; run.test(text);) end = run.lastIndex
  return end
}
