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
}

const FIRST_ID = 1001
const FIRST_USER_ID = 9001

/** The portal's users as owners of records; a user who left is an archived owner. */
export class Owners {
  #owners: Owner[] = []
  #idOf = new Map<string, string>()

  load(users: readonly User[], since: number): void {
    this.#owners = users.map((user, index) => owner(user, index, since))
    this.#idOf = new Map(users.map((user, index) => [user.user, String(FIRST_ID + index)]))
  }

  all(archived: boolean): Owner[] {
    return this.#owners.filter(one => one.archived === archived)
  }

  get(id: string): Owner | undefined {
    return this.#owners.find(one => one.id === id)
  }

  /** The owner id of a scenario's user; '' for a key that names nobody. */
  idOf(user: string): string {
    return this.#idOf.get(user) ?? ''
  }

  nameOf(id: string | undefined): string {
    const found = id === undefined ? undefined : this.get(id)
    return found ? `${found.firstName} ${found.lastName}`.trim() : 'No owner'
  }
}

function owner(user: User, index: number, since: number): Owner {
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
    updatedAt: iso(since),
    archived: !user.active,
  }
}
