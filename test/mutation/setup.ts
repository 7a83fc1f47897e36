import { vi } from 'vitest'

// What is kept across files, such as the offsets of zones, would hide a mutant that no longer finds it.
vi.resetModules()
