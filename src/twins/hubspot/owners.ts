import { leftAt } from '../scenario/left.ts'
import type { User } from '../scenario/types.ts'
import { iso } from './record.ts'

export interface Owner {
  id: string
  email: string
  type: 'PERSON'
  firstName: string
  lastName: string
  userId: number
  userIdIncludingInactive: number
  createdAt: string
  updatedAt: string
  archived: boolean
  teams?: { id: string; name: string; primary: boolean }[]
}

interface Staff {
  owner: Omit<Owner, 'updatedAt' | 'archived'>
  left: number | null
}

const FIRST_ID = 1001
const FIRST_USER_ID = 9001
const FIRST_TEAM_ID = 501

/** The portal's users as owners of records; a user who has left is an archived owner, changed when they left. */
export class Owners {
  #staff: Staff[] = []
  #idOf = new Map<string, string>()

  load(users: readonly User[], since: number): void {
    const teams = [...new Set(users.flatMap(user => user.team || []))]
    this.#staff = users.map((user, index) => ({
      owner: owner(user, index, since, teams),
      left: leftAt(user, since),
    }))
    this.#idOf = new Map(users.map((user, index) => [user.user, String(FIRST_ID + index)]))
  }

  all(archived: boolean, now: number): Owner[] {
    return this.#staff
      .filter(({ left }) => (left !== null && left <= now) === archived)
      .map(({ owner: one, left }) => ({
        ...one,
        updatedAt: archived ? iso(left!) : one.createdAt,
        archived,
      }))
  }

  /** The owner id of a scenario's user; '' for a key that names nobody. */
  idOf(user: string): string {
    return this.#idOf.get(user) ?? ''
  }

  nameOf(id: string | undefined): string {
    const found = this.#staff.find(({ owner: one }) => one.id === id)?.owner
    return found ? `${found.firstName} ${found.lastName}`.trim() : 'No owner'
  }
}

function owner(user: User, index: number, since: number, teams: readonly string[]): Staff['owner'] {
  const [firstName = '', ...rest] = user.name.split(' ')
  return {
    id: String(FIRST_ID + index),
    email: user.email,
    type: 'PERSON',
    firstName,
    lastName: rest.join(' '),
    userId: FIRST_USER_ID + index,
    userIdIncludingInactive: FIRST_USER_ID + index,
    createdAt: iso(since),
    ...(user.team && {
      teams: [{ id: String(FIRST_TEAM_ID + teams.indexOf(user.team)), name: user.team, primary: true }],
    }),
  }
}
