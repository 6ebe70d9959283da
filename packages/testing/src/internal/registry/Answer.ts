/**
 * What the registry answers, before it is put on the wire. Rule: REG-16.
 *
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export const json = (status: number, value: unknown, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers: { "Content-Type": "application/json", ...headers },
  body: new TextEncoder().encode(JSON.stringify(value))
})

export const error = (status: number, code: string, message: string, headers: Answer["headers"] = {}): Answer =>
  json(status, { errors: [{ code, message }] }, headers)
