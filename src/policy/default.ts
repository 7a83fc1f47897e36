import type { Policy } from './policy.ts'
import { resolvePolicy } from './resolve.ts'
import { policyFile } from './schema.ts'

/** What applies when nobody wrote a policy: policy.yml as it comes, without reading it. */
export const defaultPolicy: Policy = resolvePolicy(policyFile.parse({}), 'the built-in policy')
