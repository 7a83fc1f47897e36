/** Unexpected messages may quote what they choked on: e-mail addresses, passwords in URLs and long tokens go. */
export const blank = (text: string): string =>
  text
    .replace(/\/\/[^\s/@]*:[^\s/@]*@/g, '//[secret]@')
    .replace(/[^\s"'<>(]+@[^\s"'<>),]+\.[^\s"'<>),]+/g, '[address]')
    .replace(/\b[A-Za-z0-9_!.-]{40,}\b/g, '[secret]')
