/* In a map that is one file: reads state and tiles from the page itself. */
"use strict";

window.jiexuState = JSON.parse(document.getElementById("jiexu-state").textContent);
{
  const tiles = JSON.parse(document.getElementById("jiexu-tiles").textContent);
  const decoded = new Map();
  const bytes = async (name) => {
    if (!decoded.has(name)) decoded.set(name, Uint8Array.from(atob(tiles[name]), (c) => c.charCodeAt(0)));
    return decoded.get(name);
  };
  window.jiexuEmbedded = (name) => new window.pmtiles.PMTiles({
    getKey: () => name,
    getBytes: async (offset, length) => {
      const all = await bytes(name);
      return { data: all.buffer.slice(offset, Math.min(offset + length, all.length)) };
    },
  });
}
