// The whole system at a glance: what the readiness of each service tells, asked again every few seconds.
// deploy/local/estado.py judges by the same rules.
"use strict";

const CADA = 5000;
const en = (id) => document.getElementById(id);

async function preguntar(ruta) {
  const respuesta = await fetch(ruta, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(8000) });
  return respuesta.json();
}

/** Service → its checks, null when it does not answer. */
async function mirar() {
  const { servicios } = await preguntar("/health");
  const nombres = Object.keys(servicios);
  const informes = await Promise.all(nombres.map((uno) => preguntar(`/${uno}/health/ready`).catch(() => null)));
  // The gateway answers for a service that is down, and knows nothing of it.
  return nombres.map((servicio, n) => ({ servicio, comprobaciones: (informes[n] && informes[n].comprobaciones) || null }));
}

function duracion(segundos) {
  for (const [unidad, tamano] of [["d", 86400], ["h", 3600], ["min", 60]]) {
    if (segundos >= tamano) return `${Math.round(segundos / tamano)} ${unidad}`;
  }
  return `${Math.max(0, Math.round(segundos))} s`;
}

const hace = (momento) => (momento ? `hace ${duracion((Date.now() - Date.parse(momento)) / 1000)}` : "nunca");
const cuantos = (n, que) => `${n} ${que}${n === 1 ? "" : "s"}`;
const bien = (texto) => ({ texto, clase: "bien" });
const mal = (texto) => ({ texto, clase: "mal" });
const numero = (texto) => ({ texto, clase: "numero" });

function deServicio({ servicio, comprobaciones }, problemas) {
  if (!comprobaciones) {
    problemas.push(`${servicio} no responde`);
    return [[servicio, mal("no responde"), "–", "–"]];
  }
  const nombres = Object.keys(comprobaciones);
  const malas = nombres.filter((nombre) => comprobaciones[nombre].estado === "mal");
  if (malas.length) problemas.push(`${servicio} no está listo: ${malas.join(", ")}`);
  for (const nombre of nombres) {
    if (comprobaciones[nombre].estado === "desconocido") problemas.push(`${servicio}: no se sabe de ${nombre}`);
  }
  const base = (comprobaciones.base_de_datos || {}).estado || "–";
  const { trabajador_activo: activo, latido_hace_segundos: latido } = comprobaciones.trabajos || {};
  if (activo === false) problemas.push(`nadie trabaja para ${servicio}: ni eventos ni trabajos avanzan`);
  const visto = typeof latido === "number" ? `visto hace ${duracion(latido)}` : "sin noticias";
  return [[
    servicio,
    malas.length ? mal("vivo, no listo") : bien("listo"),
    base === "bien" ? bien(base) : mal(base),
    activo ? bien(visto) : mal(visto),
  ]];
}

function deEventos({ servicio, comprobaciones }, problemas) {
  const suscriptores = ((comprobaciones || {}).eventos || {}).suscriptores || {};
  return Object.entries(suscriptores).map(([para, cifras]) => {
    const atraso = duracion(cifras.atraso_segundos);
    let estado = bien(cifras.pendientes ? "en camino" : "al día");
    if (cifras.fallidos) {
      estado = mal("hay fallidos");
      problemas.push(`${servicio} se rindió con ${cuantos(cifras.fallidos, "evento")} para ${para}`);
    } else if (cifras.atascado) {
      estado = mal("atascado");
      problemas.push(`${para} no recibe los eventos de ${servicio} desde hace ${atraso}`);
    }
    const espera = cifras.pendientes || cifras.fallidos;
    return [servicio, para, numero(cifras.pendientes), numero(cifras.fallidos), numero(espera ? atraso : "–"), estado];
  });
}

function deTrabajos({ servicio, comprobaciones }, problemas) {
  const { detalle = [], trabajador_activo: activo } = (comprobaciones || {}).trabajos || {};
  return detalle.map((trabajo) => {
    let estado = bien(trabajo.en_curso ? "en curso" : "al día");
    let problema = "";
    if (trabajo.error) {
      estado = mal(`falló: ${trabajo.error}`);
      problema = `${servicio}: ${trabajo.nombre} falló (${trabajo.error}); terminó bien ${hace(trabajo.ultimo_fin)}`;
    } else if (trabajo.atrasado) {
      const atraso = duracion(trabajo.atraso_segundos);
      estado = mal(`espera desde hace ${atraso}`);
      problema = `${servicio}: ${trabajo.nombre} espera su turno desde hace ${atraso}`;
    }
    // That nobody works says it all.
    if (problema && activo) problemas.push(problema);
    return [servicio, trabajo.nombre, hace(trabajo.ultimo_inicio), hace(trabajo.ultimo_fin), estado];
  });
}

function deWebhooks({ servicio, comprobaciones }, problemas) {
  const { activos, pausados, fallando, pendientes, atraso_segundos: atraso } = (comprobaciones || {}).webhooks || {};
  if (activos === undefined) return [];
  if (fallando) problemas.push(`${cuantos(fallando, "webhook")} de ${servicio} sin respuesta desde hace más de 5 min`);
  const falla = fallando ? mal(fallando) : bien("0");
  return [[numero(activos), numero(pausados), numero(pendientes), numero(pendientes ? duracion(atraso) : "–"), falla]];
}

function poner(id, filas) {
  en(id).replaceChildren(...filas.map((celdas) => {
    const fila = document.createElement("tr");
    fila.append(...celdas.map((celda) => {
      const nueva = document.createElement("td");
      nueva.textContent = celda.texto ?? celda;
      nueva.className = celda.clase ?? "";
      return nueva;
    }));
    return fila;
  }));
}

function resumir(texto, problemas) {
  // Left alone while it says the same: a screen reader tells every change.
  if (en("resumen").textContent !== texto) en("resumen").textContent = texto;
  en("resumen").classList.toggle("mal", problemas === null || problemas.length > 0);
  en("problemas").hidden = !(problemas && problemas.length);
  en("problemas").replaceChildren(...(problemas || []).map((problema) => {
    const punto = document.createElement("li");
    punto.textContent = problema;
    return punto;
  }));
}

async function actualizar() {
  try {
    const sistema = await mirar();
    const problemas = [];
    poner("servicios", sistema.flatMap((uno) => deServicio(uno, problemas)));
    poner("eventos", sistema.flatMap((uno) => deEventos(uno, problemas)));
    const webhooks = sistema.flatMap((uno) => deWebhooks(uno, problemas));
    poner("webhooks", webhooks);
    en("con-webhooks").hidden = !webhooks.length;
    poner("trabajos", sistema.flatMap((uno) => deTrabajos(uno, problemas)));
    resumir(problemas.length ? `Hay ${cuantos(problemas.length, "problema")}:` : "Todo bien.", problemas);
    en("detalle").hidden = false;
    en("visto").textContent = new Date().toLocaleTimeString("es-EC");
  } catch {
    resumir("OdontoCare no responde; lo de abajo es lo último que se supo.", null);
  }
}

async function seguir() {
  if (!document.hidden) await actualizar();
  setTimeout(seguir, CADA);
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) actualizar(); });
seguir();
