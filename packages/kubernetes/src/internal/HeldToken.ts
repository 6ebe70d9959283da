/**
 * A token that is held, and when it is due for another. Pure; times are in milliseconds. Rules: TOKEN-9…11.
 */
import type * as Redacted from "effect/Redacted"
import type { TokenAnswer } from "./TokenAnswer.ts"

export interface HeldToken {
  readonly token: Redacted.Redacted
  readonly podUid: string
  readonly expiresAt: number
  readonly dueAfter: number
}

const second = 1_000
const day = 24 * 60 * 60 * second

/**
 * `jitter`: whole seconds from 0 to 9. Due when a day has passed, or when a fifth of the lifetime is left. Without a
 * lifetime, when it has expired.
 */
export const make = (answer: TokenAnswer, podUid: string, jitter: number): HeldToken => {
  const { expiresAt, lifetime, token } = answer
  return {
    token,
    podUid,
    expiresAt,
    dueAfter: lifetime === undefined ? expiresAt : Math.min(
      expiresAt - lifetime * second + day,
      expiresAt - Math.floor(lifetime * 20 / 100) * second
    ) - jitter * second
  }
}

export const isDue = (held: HeldToken, now: number): boolean => now > held.dueAfter

export const isExpired = (held: HeldToken, now: number): boolean => now > held.expiresAt
