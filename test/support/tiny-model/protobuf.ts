/** A protocol buffer's fields, put together by hand: number, then a whole number, text, bytes or message. */
export function message(...fields: readonly [number, number | string | Uint8Array][]): Buffer {
  return Buffer.concat(fields.map(([field, value]) => encoded(field, value)));
}

function encoded(field: number, value: number | string | Uint8Array): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(field << 3), varint(value)]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
