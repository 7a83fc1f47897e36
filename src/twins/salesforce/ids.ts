const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const CHECK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const INSTANCE = 'Lt000'
const COUNTER_DIGITS = 7

/**
 * The 18-character form of a record id: the 15 case-sensitive characters and three that say which of them
 * are capitals. An id that has 18 already is returned with its checksum corrected; null when it is no id.
 */
export function longId(id: string): string | null {
  if (!/^(?:[0-9A-Za-z]{15}|[0-9A-Za-z]{18})$/.test(id)) return null
  return id.slice(0, 15) + checksum(id)
}

/** A record id from its object's three-character prefix and a number; ids of one prefix sort as their numbers. */
export function recordId(prefix: string, number: number): string {
  let rest = number
  let digits = ''
  for (let i = 0; i < COUNTER_DIGITS; i++) {
    digits = DIGITS[rest % 62] + digits
    rest = Math.floor(rest / 62)
  }
  const short = prefix + INSTANCE + digits
  return short + checksum(short)
}

function checksum(short: string): string {
  let check = ''
  for (let chunk = 0; chunk < 15; chunk += 5) {
    let bits = 0
    for (let i = 0; i < 5; i++) {
      const code = short.charCodeAt(chunk + i)
      if (code >= 65 && code <= 90) bits |= 1 << i
    }
    check += CHECK[bits]
  }
  return check
}
