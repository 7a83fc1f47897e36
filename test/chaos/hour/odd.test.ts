import { hours } from './hour.ts'

hours(1)
