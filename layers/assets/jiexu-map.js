/* Draws a study's vector tiles with Leaflet and protomaps-leaflet, and talks to the page around the map.

   In:  postMessage {jiexu: "state", state}   what to show: see `state` below
   Out: postMessage {jiexu: "ready" | "painted" | "repainted" | "select" | "area" | "moved" | "view", ...}
   Text from outside (names) is a tile property; it reaches the page through textContent and canvas only.
   Tools (drawing, pictures, online base maps) are in jiexu-tools.js. */
"use strict";

const jiexu = (() => {
  const L = window.L, P = window.protomapsL;
  const FONT = "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";
  const CLUSTERS_TO = 14;    // displayed zoom up to which points are gathered

  const state = {
    tiers: [],              // visible tiers
    points: [],             // visible kinds of points
    categories: {},         // kind -> numbers of its visible categories; a missing kind shows all
    heat: false,            // points as heat
    extra: [],              // visible layers of those that are shown on request
    muted: false,           // whether streets are grey, so that another layer's colours are read
    open: {},               // layer -> numbers of the hours (property p) that hold now; a missing layer shows all as open
    selected: [],           // ids of the selected streets
    area: null,             // corners of the drawn area, [lon, lat]
    pins: [],               // sites that can be dragged: {id, label, at: [lon, lat]}
    preview: null,          // points of a file before it is imported, [lon, lat]
    tiles: {},              // layer -> address of its current archive
    base: null,             // an online base map: {url, subdomains, credit, shift}
    note: "",               // study and date, for pictures
    file: "map",            // the name of a picture's file
    focus: null,            // where to go, once per key: {key, bounds: [west, south, east, north]}
  };
  const layers = {};        // layer -> {config, leaflet}
  const hooks = [];         // what tools do when the state changed: (state, before) => void
  let map, style, words, extent, dataZoom, drawings, repaints = 0;
  let tiers, points, alongKerbs;  // what tiles number, layers of points, layers for which streets make room

  // ---- drawing rules ------------------------------------------------------------------------------------------

  const byZoom = (stops) => (z) => {
    const last = stops.length - 1;
    if (z <= stops[0][0]) return stops[0][1];
    for (let i = 1; i <= last; i++) {
      if (z <= stops[i][0]) {
        const t = (z - stops[i - 1][0]) / (stops[i][0] - stops[i - 1][0]);
        return stops[i - 1][1] + t * (stops[i][1] - stops[i - 1][1]);
      }
    }
    return stops[last][1];
  };
  const streetWidth = byZoom([[9, 0.8], [12, 1.6], [14, 3.5], [16, 7], [18, 14]]);
  const tierOf = (f) => style.tiers[tiers[f.props.t]];
  const isMotorway = (f) => f.props.h === "motorway" || f.props.h === "trunk";
  // near, streets make room for what is drawn along their kerbs
  const slim = (z) => (z >= 15 && state.extra.some((layer) => alongKerbs.includes(layer)) ? 0.45 : 1);
  const width = (z, f) => streetWidth(z) * slim(z) * (isMotorway(f) ? 1 : tierOf(f).width);
  const shown = (f) => state.tiers.includes(tiers[f.props.t]);

  const polygon = (layer, fill, stroke, minzoom) => ({
    dataLayer: layer, minzoom,
    symbolizer: new P.PolygonSymbolizer(stroke ? { fill, stroke, width: 0.7 } : { fill }),
  });
  const line = (layer, color, width) => ({ dataLayer: layer, symbolizer: new P.LineSymbolizer({ color, width }) });

  /* An arrowhead in the middle of each line, along its direction. */
  const arrows = {
    draw(ctx, geom, z) {
      const size = z >= 18 ? 6 : 4.5;
      ctx.fillStyle = style.ground.arrow;
      for (const points of geom) {
        let length = 0;
        for (let i = 1; i < points.length; i++) length += points[i].dist(points[i - 1]);
        if (length < 40) continue;
        let rest = length / 2, i = 1;
        while (i < points.length - 1 && rest > points[i].dist(points[i - 1])) rest -= points[i].dist(points[i - 1]), i++;
        const [a, b] = [points[i - 1], points[i]], step = Math.max(a.dist(b), 1e-6);
        ctx.save();
        ctx.translate(a.x + (b.x - a.x) * rest / step, a.y + (b.y - a.y) * rest / step);
        ctx.rotate(Math.atan2(b.y - a.y, b.x - a.x));
        ctx.beginPath();
        ctx.moveTo(size, 0);
        ctx.lineTo(-size * 0.7, -size * 0.75);
        ctx.lineTo(-size * 0.3, 0);
        ctx.lineTo(-size * 0.7, size * 0.75);
        ctx.fill();
        ctx.restore();
      }
    },
  };

  /* How many of a point's or cluster's events are in visible categories. */
  const visibleCount = (kind, props) => {
    const visible = state.categories[kind];
    if (props.k === undefined) return !visible || visible.includes(props.c) ? 1 : 0;
    return visible ? visible.reduce((sum, c) => sum + (props[`k${c}`] || 0), 0) : props.k;
  };
  const clusterRadius = (count) => (count === 1 ? 4 : 6 + 2.2 * Math.log2(count));
  const pointRadius = byZoom([[13, 2.5], [15, 3.2], [17, 6], [19, 8]]);

  const dots = (kind) => ({
    draw(ctx, geom, z, f) {
      const count = visibleCount(kind, f.props);
      if (!count) return;
      const { x, y } = geom[0][0], colour = style.points[kind].colour;
      if (state.heat) {
        const reach = z <= CLUSTERS_TO ? 34 : 22 + 4 * (z - CLUSTERS_TO);
        const glow = ctx.createRadialGradient(x, y, 0, x, y, reach);
        glow.addColorStop(0, colour);
        glow.addColorStop(1, `${colour}00`);
        ctx.globalAlpha = Math.min(0.75, 0.16 + 0.12 * Math.log2(count));
        ctx.fillStyle = glow;
        ctx.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
        ctx.globalAlpha = 1;
        return;
      }
      const radius = f.props.k === undefined ? pointRadius(z) : clusterRadius(count);
      ctx.beginPath();
      ctx.arc(x, y, radius, 0, 2 * Math.PI);
      ctx.fillStyle = colour;
      ctx.strokeStyle = style.ground.point_edge;
      ctx.lineWidth = 1;
      ctx.fill();
      ctx.stroke();
      if (count > 1) {
        ctx.fillStyle = "#ffffff";
        ctx.font = `600 ${radius > 12 ? 12 : 10}px ${FONT}`;
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.fillText(count > 9999 ? `${Math.round(count / 1000)}k` : String(count), x, y);
      }
    },
  });

  const rules = {
    context: () => {
      const g = style.ground;
      return {
        paint: [
          polygon("green", g.green),
          polygon("water", g.water),
          line("river", g.river, byZoom([[11, 1], [16, 6]])),
          polygon("building", g.building, g.building_edge, 13),
          line("rail", g.rail, byZoom([[11, 0.6], [17, 2]])),
          line("path", g.path, byZoom([[13, 0.5], [18, 2.5]])),
        ],
        label: ["water", "green"].map((dataLayer) => ({
          dataLayer, minzoom: dataLayer === "water" ? 15 : 16, filter: (z, f) => f.props.n !== "",
          symbolizer: new P.CenteredTextSymbolizer({
            labelProps: ["n"], fill: g.label, stroke: g.halo, width: 2, maxLineChars: 60, font: `italic 11px ${FONT}`,
          }),
        })),
      };
    },
    streets: () => {
      const g = style.ground, parts = ["minor", "major"];
      const round = { lineCap: "round", lineJoin: "round", perFeature: true };
      return {
        paint: [
          ...parts.map((dataLayer) => ({
            dataLayer, filter: (z, f) => state.selected.includes(f.props.s) && shown(f),
            symbolizer: new P.LineSymbolizer({ color: g.selected, width: (z, f) => width(z, f) + 9 * slim(z), ...round }),
          })),
          ...parts.map((dataLayer) => ({
            dataLayer, minzoom: 13, filter: (z, f) => shown(f),
            symbolizer: new P.LineSymbolizer({ color: g.casing, width: (z, f) => width(z, f) + 2, ...round }),
          })),
          ...[...tiers.keys()].reverse().flatMap((tier) => parts.map((dataLayer) => ({
            dataLayer, filter: (z, f) => f.props.t === tier && shown(f),
            symbolizer: new P.LineSymbolizer({
              color: () => (state.muted ? style.ground.muted : style.tiers[tiers[tier]].colour), width, ...round,
            }),
          }))),
        ],
        label: [1, 0].map((major) => ({
          dataLayer: "names", minzoom: major ? 13 : 15, filter: (z, f) => f.props.major === major && shown(f),
          symbolizer: new P.LineLabelSymbolizer({
            labelProps: ["n"], fill: g.label, stroke: g.halo, width: 3, repeatDistance: 400, font: `12px ${FONT}`,
          }),
        })),
      };
    },
    oneway: () => ({ paint: [{ dataLayer: "oneway", minzoom: 16, symbolizer: arrows }], label: [] }),
    points: (kind) => ({
      paint: ["points", ...Array.from({ length: dataZoom }, (_, z) => `clusters${z}`)].map((dataLayer) => ({
        dataLayer, filter: () => state.points.includes(kind), symbolizer: dots(kind),
      })),
      label: [],
    }),
  };
  /* A layer that Python describes: parts {tileLayer, kind: line | polygon | dot, colour | by + colours, strict, when, …}. */
  const drawn = (layer) => ({
    paint: drawings.get(layer).map((part) => {
      const colour = part.by ? (z, f) => part.colours[f.props[part.by]] || "#777777" : part.colour;
      const size = byZoom(part.size || [[0, 2]]), opacity = part.opacity ?? 1;
      const symbolizer = {
        line: () => new P.LineSymbolizer({ color: colour, width: size, opacity, dash: part.dash, perFeature: true }),
        polygon: () => new P.PolygonSymbolizer({
          fill: colour, opacity, perFeature: true, ...(part.stroke ? { stroke: part.stroke, width: 0.8 } : {}),
        }),
        dot: () => new P.CircleSymbolizer({
          fill: colour, radius: size, opacity, stroke: style.ground.point_edge, width: 1,
        }),
      }[part.kind]();
      const open = (f) => !state.open[layer] || state.open[layer].includes(f.props.p);
      const meant = (f) => !part.strict || f.props[part.by] in part.colours;
      const filter = (z, f) => state.extra.includes(layer) && meant(f) && (!part.when || open(f) === (part.when === "open"));
      return { dataLayer: part.tileLayer, minzoom: part.fromZoom, filter, symbolizer };
    }),
    label: [],
  });
  const rulesOf = (layer) => {
    if (drawings.get(layer).length) return drawn(layer);
    return points.includes(layer) ? rules.points(layer) : rules[layer]();
  };

  // ---- layers -------------------------------------------------------------------------------------------------

  const makeLeaflet = ({ layer, url }) => {
    const { paint, label } = rulesOf(layer);
    if (!map.getPane(layer)) {
      map.createPane(layer).style.zIndex = 210 + 5 * [...drawings.keys()].indexOf(layer);
      map.getPane(layer).style.pointerEvents = "none";
    }
    return P.leafletLayer({
      url: window.jiexuEmbedded ? window.jiexuEmbedded(url) : url, paintRules: paint, labelRules: label,
      maxDataZoom: dataZoom, maxZoom: 19, pane: layer, attribution: "", keepBuffer: 4, updateWhenIdle: false,
    });
  };

  /* Makes a layer, and says when it is painted (data-painted… on the document: its address). */
  const make = (config) => {
    const leaflet = makeLeaflet(config);
    layers[config.layer] = { config, leaflet };
    leaflet.on("load", () => {
      document.documentElement.dataset[`painted${config.layer}`] = config.url;
      post({ jiexu: "painted", layer: config.layer, at: performance.now() });
    });
    if (state.extra.includes(config.layer)) leaflet.addTo(map);
    return leaflet;
  };

  /* A layer that is shown on request is loaded when it is first asked for. */
  const onRequest = (layer) => drawings.get(layer).length > 0;

  /* The new tiles are drawn over the old ones, which go only when the new are there: nothing blanks. */
  const swap = (layer, url) => {
    const old = layers[layer];
    const leaflet = make({ layer, url });
    if (onRequest(layer) && !state.extra.includes(layer)) {
      old?.leaflet.remove();
      return;
    }
    if (old) leaflet.once("load", () => old.leaflet.remove());
    leaflet.addTo(map);
  };

  /* Paints a layer's tiles anew in place. A canvas is cleared and drawn in one go, so none is ever seen blank. */
  const repaint = (layer) => {
    const leaflet = layers[layer]?.leaflet;
    if (!leaflet?._map) return Promise.resolve();
    return Promise.all(Object.entries(leaflet._tiles).map(([key, tile]) => {
      const coords = leaflet._wrapCoords(leaflet._keyToTileCoords(key));
      return leaflet.renderTile(coords, tile.el, leaflet._tileCoordsToKey(coords));
    }));
  };

  const setState = (next) => {
    const before = { ...state };
    Object.assign(state, next);
    const changed = (...keys) => keys.some((key) => JSON.stringify(before[key]) !== JSON.stringify(state[key]));
    const work = [];
    for (const [layer, url] of Object.entries(state.tiles)) {
      if (layers[layer]?.config.url !== url) swap(layer, url);
    }
    if (changed("tiers")) layers.streets?.leaflet.clearLayout();
    if (changed("tiers", "selected", "extra", "muted")) work.push(repaint("streets"));
    for (const kind of points) {
      const look = (s) => JSON.stringify([s.points.includes(kind), s.categories[kind], s.points.includes(kind) && s.heat]);
      if (look(before) !== look(state)) work.push(repaint(kind));
    }
    for (const layer of drawings.keys()) {
      const look = (s) => JSON.stringify([s.extra.includes(layer), s.extra.includes(layer) && s.open[layer]]);
      if (look(before) === look(state) || !layers[layer]) continue;
      if (layers[layer].leaflet._map) work.push(repaint(layer));
      else if (state.extra.includes(layer)) layers[layer].leaflet.addTo(map);
    }
    if (state.focus && state.focus.key !== before.focus?.key) {
      const [west, south, east, north] = state.focus.bounds;
      map.fitBounds([[south, west], [north, east]], { maxZoom: 17, padding: [40, 40] });
    }
    for (const hook of hooks) hook(state, before);
    if (work.length) {
      Promise.all(work).then(() => {
        repaints += 1;
        document.documentElement.dataset.repaints = repaints;
        post({ jiexu: "repainted", count: repaints, at: performance.now() });
      });
    }
  };

  // ---- picking ------------------------------------------------------------------------------------------------

  /* The nearest visible feature within a finger's width: points first, since they lie on streets. */
  const pick = (latlng) => {
    for (const layer of [...points].reverse().concat("streets")) {
      if (!layers[layer] || (layer !== "streets" && (!state.points.includes(layer) || state.heat))) continue;
      for (const brush of layer === "streets" ? [2, 5, 9, 14] : [6, 12]) {
        const found = layers[layer].leaflet.queryTileFeaturesDebug(latlng.lng, latlng.lat, brush).get("") || [];
        const features = found.filter(({ feature, layerName }) => layerName !== "names" && (
          layer === "streets" ? shown(feature) : visibleCount(layer, feature.props) > 0)).map((p) => p.feature);
        // what is drawn on top is meant: tiers are drawn from the last to the first
        if (layer === "streets") features.sort((a, b) => a.props.t - b.props.t);
        if (features.length) return { layer, props: features[0].props };
      }
    }
    return null;
  };

  const choose = (latlng) => {
    const hit = pick(latlng);
    if (hit && hit.props.k !== undefined) {
      map.setView(latlng, Math.min(map.getZoom() + 2, 19));  // a cluster opens
      return;
    }
    if (!hit || hit.layer === "streets") setState({ selected: hit ? [hit.props.s] : [] });  // at once, before Python answers
    const id = hit && (hit.layer === "streets" ? hit.props.s : hit.props.i);
    post({ jiexu: "select", layer: hit && hit.layer, id, at: [latlng.lng, latlng.lat] });
  };

  // ---- the page around the map --------------------------------------------------------------------------------

  const post = (message) => { if (window.parent !== window) window.parent.postMessage(message, window.location.origin); };

  const element = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const swatch = (entry) => {
    const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg");
    svg.setAttribute("class", "jiexu-swatch");
    svg.setAttribute("viewBox", "0 0 26 10");
    const mark = document.createElementNS(NS, entry.kind === "dot" ? "circle" : "line");
    const attributes = entry.kind === "dot"
      ? { cx: 13, cy: 5, r: 4, fill: entry.colour }
      : { x1: 1, y1: 5, x2: 25, y2: 5, stroke: entry.colour, "stroke-width": 1.5 + 4 * entry.width, "stroke-linecap": "round" };
    for (const [name, value] of Object.entries(attributes)) mark.setAttribute(name, value);
    svg.append(mark);
    return svg;
  };

  const legendPanel = (groups) => {
    const panel = element("details", "jiexu-panel jiexu-legend");
    panel.open = window.innerWidth > 600;
    panel.append(element("summary", "", words.legend));
    const follow = (look) => { hooks.push(look); look(); };
    for (const group of groups) {
      const part = element("div");
      if (group.layer || group.streets) {  // a layer that is shown on request has its entries then
        follow(() => { part.hidden = group.layer ? !state.extra.includes(group.layer) : state.muted; });
      }
      panel.append(part);
      part.append(element("h4", "", group.title));
      const list = element("ul");
      for (const entry of group.entries) {
        const item = element("li");
        item.append(swatch(entry), element("span", "", entry.label));
        if (entry.open !== undefined) {  // of what holds at times, or in one of several views
          follow(() => { item.hidden = !(state.open[group.layer] || [entry.open]).includes(entry.open); });
        }
        list.append(item);
      }
      part.append(list);
    }
    return panel;
  };

  const control = (position, node) => {
    const made = L.control({ position });
    made.onAdd = () => { L.DomEvent.disableClickPropagation(node); return node; };
    made.addTo(map);
  };

  const viewKey = () => `jiexu-view-${extent.map((v) => v.toFixed(4)).join(",")}`;
  const readView = (text) => {
    const [zoom, lat, lng] = (text || "").split("/").map(Number);
    return [zoom, lat, lng].every(Number.isFinite) && text.split("/").length === 3 ? { zoom, lat, lng } : null;
  };
  const viewText = () => {
    const c = map.getCenter();
    return `${map.getZoom()}/${c.lat.toFixed(5)}/${c.lng.toFixed(5)}`;
  };
  const kept = (write) => {  // storage is closed to some offline pages
    try { return write ? sessionStorage.setItem(viewKey(), write) : sessionStorage.getItem(viewKey()); } catch { return null; }
  };

  const frame = (leafletMap, config) => {
    map = leafletMap;
    ({ style, words, extent, dataZoom, tiers, points, alongKerbs } = config);
    state.tiers = tiers;
    drawings = new Map(config.drawings.map(({ layer, parts }) => [layer, parts]));  // bottom first
    Object.assign(state, window.jiexuState);  // a map in a file brings its own
    document.documentElement.lang = words.language;
    document.body.style.background = map.getContainer().style.background = style.ground.background;
    document.body.classList.toggle("jiexu-dark", style.theme === "dark");
    const [west, south, east, north] = extent;
    const bounds = L.latLngBounds([[south, west], [north, east]]);
    const last = readView(window.location.hash.slice(1)) || readView(kept());
    if (last) map.setView([last.lat, last.lng], last.zoom, { animate: false });
    else {
      // one zoom nearer where little is cut off: the study fills the map
      const near = map.getBoundsZoom(bounds) + 1, size = map.getSize();
      const wide = map.project(bounds.getNorthEast(), near).subtract(map.project(bounds.getSouthWest(), near));
      const fits = wide.x <= 1.3 * size.x && -wide.y <= 1.3 * size.y;
      map.setView(bounds.getCenter(), fits ? near : near - 1, { animate: false });
    }

    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(
      `<a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener">${words.credit}</a>, ODbL`,
    ).addTo(map);
    if (window.jiexuState) control("bottomleft", element("div", "jiexu-panel", state.note));  // a file names study and date
    const northSign = element("div", "jiexu-panel jiexu-north", "N ↑");
    northSign.title = words.north;
    control("topright", northSign);
    control("topright", legendPanel(config.legend));

    map.on("moveend", () => {
      kept(viewText());
      post({ jiexu: "view", view: viewText() });
    });
    map.on("click", (event) => { if (!map.pm?.globalDrawModeEnabled()) choose(event.latlng); });
    // by keyboard: move the map with the arrow keys, Enter asks what is in its middle
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === map.getContainer()) choose(map.getCenter());
    });
    const tip = L.tooltip({ className: "jiexu-tooltip", offset: [12, 0], direction: "right" });
    let waiting = false;
    map.on("mousemove", (event) => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        const hit = pick(event.latlng);
        map.getContainer().classList.toggle("jiexu-over", Boolean(hit));
        if (hit && hit.props.n !== undefined) {
          tip.setLatLng(event.latlng).setContent(element("span", "", hit.props.n || words.unnamed));
          if (!map.hasLayer(tip)) tip.addTo(map);
        } else tip.remove();
      });
    });
    map.on("mouseout", () => tip.remove());

    window.addEventListener("message", (event) => {
      if (event.origin !== window.location.origin || event.data?.jiexu !== "state") return;
      setState(event.data.state);
    });
    window.jiexuTools?.({ map, state, words, style, legend: config.legend, extent, hooks, control, element, post, setState });
    post({ jiexu: "ready" });
  };

  return { make, frame, setState, state, view: () => viewText(), get map() { return map; } };
})();
