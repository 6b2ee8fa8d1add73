/* The map's tools: draw an area, take a picture, an online base map on request. */
"use strict";

window.jiexuTools = ({ map, state, words, style, legend, extent, hooks, control, element, post, setState }) => {
  const L = window.L;

  const icon = (path) => {
    const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    const shape = document.createElementNS(NS, "path");
    for (const [name, value] of Object.entries({ d: path, fill: "none", stroke: "currentColor", "stroke-width": 1.5 })) {
      shape.setAttribute(name, value);
    }
    svg.append(shape);
    return svg;
  };
  const button = (path, title, act) => {
    const node = element("button", "jiexu-button");
    node.append(icon(path));
    node.type = "button";
    node.title = title;
    node.setAttribute("aria-label", title);
    node.addEventListener("click", act);
    return node;
  };
  const bar = element("div", "jiexu-panel jiexu-bar");
  control("topleft", bar);

  // ---- the whole study ------------------------------------------------------------------------------------------

  const [west, south, east, north] = extent;
  bar.append(button("M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", words.whole, () => map.fitBounds([[south, west], [north, east]])));

  // ---- an area --------------------------------------------------------------------------------------------------

  let outline = null;
  const showArea = (corners) => {
    outline?.remove();
    outline = corners && L.polygon(corners.map(([lon, lat]) => [lat, lon]), {
      color: style.ground.selected, weight: 2, dashArray: "6 4", fillOpacity: 0.06, interactive: false,
    }).addTo(map);
  };
  hooks.push((now, before) => {
    if (JSON.stringify(now.area) !== JSON.stringify(before.area)) showArea(now.area);
  });

  // ---- points of a file before it is imported -----------------------------------------------------------------------

  let preview = null;
  const canvas = L.canvas({ padding: 0.3 });
  hooks.push((now, before) => {
    if (JSON.stringify(now.preview) === JSON.stringify(before.preview)) return;
    preview?.remove();
    preview = now.preview && L.layerGroup(now.preview.map(([lon, lat]) => L.circleMarker([lat, lon], {
      renderer: canvas, radius: 5, weight: 2, color: style.ground.selected, fillColor: "#ffd54f", fillOpacity: 0.9,
      interactive: false,
    }))).addTo(map);
  });

  // ---- sites that can be dragged ----------------------------------------------------------------------------------

  let pins = null;
  const pinIcon = (label) => {
    const shape = element("span");
    shape.append(element("b", "", label));
    return L.divIcon({ className: "jiexu-pin", html: shape, iconSize: [26, 26], iconAnchor: [13, 31] });
  };
  const showPins = (list) => {
    pins?.remove();
    pins = L.layerGroup((list || []).map(({ id, label, at }) => {
      const pin = L.marker([at[1], at[0]], { icon: pinIcon(label), draggable: true, autoPan: true, keyboard: true, title: words.drag });
      pin.on("dragend", () => {
        const { lng, lat } = pin.getLatLng();
        post({ jiexu: "moved", id, at: [lng, lat] });
      });
      return pin;
    })).addTo(map);
  };
  hooks.push((now, before) => {
    if (JSON.stringify(now.pins) !== JSON.stringify(before.pins)) showPins(now.pins);
  });

  /* Leaflet-Geoman is loaded when somebody draws: most visits never do. */
  const geoman = () => new Promise((resolve, reject) => {
    if (map.pm) { resolve(); return; }
    const sheet = element("link");
    Object.assign(sheet, { rel: "stylesheet", href: "assets/leaflet-geoman.css" });
    const script = element("script");
    Object.assign(script, { src: "assets/leaflet-geoman.js", onload: resolve, onerror: reject });
    document.head.append(sheet, script);
  }).then(() => {
    if (!map.pm) L.PM.reInitLayer(map);
    map.pm.setLang(words.language);
  });

  if (words.draw) {
    bar.append(button("M8 2l6 4.5-2.3 7H4.3L2 6.5z", words.draw, async () => {
      await geoman();
      map.pm.enableDraw("Polygon", { snappable: false, finishOn: "dblclick" });
      map.once("pm:create", ({ layer }) => {
        map.pm.disableDraw();
        const corners = layer.getLatLngs()[0].map(({ lng, lat }) => [lng, lat]);
        layer.remove();
        setState({ area: corners });
        post({ jiexu: "area", area: corners });
      });
    }));
  }

  // ---- a picture ------------------------------------------------------------------------------------------------

  const picture = () => {
    const box = map.getContainer().getBoundingClientRect(), scale = 2;
    const canvas = element("canvas");
    canvas.width = box.width * scale;
    canvas.height = box.height * scale;
    const ctx = canvas.getContext("2d");
    ctx.scale(scale, scale);
    ctx.fillStyle = style.ground.background;
    ctx.fillRect(0, 0, box.width, box.height);
    const depth = (node) => Number(node.closest(".leaflet-pane:not(.leaflet-map-pane)").style.zIndex || 0);
    const tiles = [...map.getContainer().querySelectorAll("canvas.leaflet-tile")].sort((a, b) => depth(a) - depth(b));
    for (const tile of tiles) {
      const at = tile.getBoundingClientRect();
      if (tile.width) ctx.drawImage(tile, at.left - box.left, at.top - box.top, at.width, at.height);
    }
    const font = (size, weight = "") => `${weight} ${size}px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif`;
    const entries = legend.filter((group) => !group.layer || state.extra.includes(group.layer)).flatMap((g) => g.entries);
    ctx.font = font(12);
    const wide = Math.max(...entries.map((entry) => ctx.measureText(entry.label).width)) + 56;
    const left = box.width - wide - 10;
    ctx.fillStyle = style.ground.panel;
    ctx.fillRect(left, 10, wide, entries.length * 18 + 14);
    entries.forEach((entry, i) => {
      const y = 26 + i * 18;
      ctx.strokeStyle = ctx.fillStyle = entry.colour;
      ctx.beginPath();
      if (entry.kind === "dot") {
        ctx.arc(left + 22, y, 4, 0, 2 * Math.PI);
        ctx.fill();
      } else {
        ctx.lineWidth = 1.5 + 4 * entry.width;
        ctx.moveTo(left + 10, y);
        ctx.lineTo(left + 34, y);
        ctx.stroke();
      }
      ctx.fillStyle = style.ground.label;
      ctx.fillText(entry.label, left + 44, y + 4);
    });
    const note = `${words.credit}, ODbL · ${state.note}`;
    ctx.font = font(11);
    const long = ctx.measureText(note).width + 12;
    ctx.fillStyle = style.ground.panel;
    ctx.fillRect(box.width - long, box.height - 20, long, 20);
    ctx.fillStyle = style.ground.label;
    ctx.fillText(note, box.width - long + 6, box.height - 6);
    ctx.font = font(13, "700");
    ctx.fillText("N ↑", 12, 24);
    const ruler = map.getContainer().querySelector(".leaflet-control-scale-line");
    if (ruler) {
      const reach = parseFloat(ruler.style.width);
      ctx.fillRect(12, box.height - 16, reach, 3);
      ctx.font = font(11);
      ctx.fillText(ruler.textContent, 14, box.height - 22);
    }
    return canvas;
  };

  bar.append(button("M2 5h3l1-2h4l1 2h3v8H2zM8 7a2 2 0 1 0 .01 0", words.picture, () => {
    picture().toBlob((blob) => {
      const link = element("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${state.file}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  }));

  // ---- an online base map ---------------------------------------------------------------------------------------

  let online = null;
  const showBase = (base) => {
    online?.forEach((layer) => layer.remove());
    online = null;
    const context = map.getPane("context");
    if (context) context.style.display = base ? "none" : "";
    if (!base) return;
    if (!map.getPane("online")) map.createPane("online").style.zIndex = 205;
    const pane = map.getPane("online");
    online = base.urls.map((url) => L.tileLayer(url, {
      pane: "online", subdomains: base.subdomains, maxZoom: 19, maxNativeZoom: 18, attribution: base.credit,
    }).addTo(map));
    // a map in shifted coordinates (GCJ-02) is moved back by the shift at the study's middle
    const place = () => {
      const middle = L.latLng((south + north) / 2, (west + east) / 2);
      const shifted = L.latLng(middle.lat + base.shift[1], middle.lng + base.shift[0]);
      const by = map.project(middle, map.getZoom()).subtract(map.project(shifted, map.getZoom()));
      pane.style.transform = `translate(${by.x}px, ${by.y}px)`;
    };
    map.on("zoomend", place);
    place();
  };
  hooks.push((now, before) => {
    if (JSON.stringify(now.base) !== JSON.stringify(before.base)) showBase(now.base);
  });

  showArea(state.area);
  showPins(state.pins);
};
