/** Wrangler's `Data` rule gives an ArrayBuffer; esbuild's `binary` loader, used by tools, gives a Uint8Array. */
declare module '*.ttf' {
  const bytes: ArrayBuffer | Uint8Array
  export default bytes
}
