// Keeps an open page current. Without it the page works and stands still.
const main = document.getElementById('main')
const light = document.getElementById('live')
const words = document.getElementById('live-text')
const seconds = Number(main?.dataset.refresh ?? 0)

const FOCUSABLE = 'a, summary, .scroll'

// What the server last said of each part: only a part that changed is replaced, so nothing flickers.
const said = new Map()

function replace(next) {
  const name = next.dataset.live
  if (said.get(name) === next.outerHTML) return
  said.set(name, next.outerHTML)
  const shown = main.querySelector(`[data-live="${name}"]`)
  if (!shown || shown.isEqualNode(next)) return
  // A reader's place is theirs: what they opened stays open, where they tabbed to stays focused, tables stay scrolled.
  for (const open of shown.querySelectorAll('details[open]')) {
    next.querySelector(`#${open.id}`)?.setAttribute('open', '')
  }
  const focused = [...shown.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement)
  const scrolls = [...shown.querySelectorAll('.scroll')].map(box => box.scrollLeft)
  shown.replaceWith(next)
  next.querySelectorAll('.scroll').forEach((box, i) => {
    box.scrollLeft = scrolls[i] ?? 0
  })
  next.querySelectorAll(FOCUSABLE)[focused]?.focus({ preventScroll: true })
}

function say(live) {
  light.hidden = false
  light.classList.toggle('lost', !live)
  const text = live ? 'Live' : light.dataset.lost
  if (words.textContent !== text) words.textContent = text
}

async function refresh() {
  const answer = await fetch(`/main${location.search}`, { signal: AbortSignal.timeout(20_000) })
  if (!answer.ok) throw new Error(`status ${answer.status}`)
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const part of fresh.querySelectorAll('[data-live]')) replace(document.adoptNode(part))
  const overdue = main.querySelector('h1')?.dataset.overdue
  document.title = overdue && overdue !== '0' ? `${overdue} overdue · Leadtime` : 'Leadtime'
}

async function tick() {
  if (!document.hidden) {
    await refresh().then(
      () => say(true),
      () => say(false),
    )
  }
  setTimeout(tick, seconds * 1000)
}

if (seconds > 0) {
  say(true)
  setTimeout(tick, seconds * 1000)
}

for (const field of document.querySelectorAll('[data-submit]')) {
  field.form.classList.add('quick')
  field.addEventListener('change', () => field.form.requestSubmit())
}
