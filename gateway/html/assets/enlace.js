// The page behind a signed link. Its token stands after the # of the address: browsers send that to no server.
"use strict";

const ACCIONES = {
  confirmar: { boton: "Confirmar que asistiré", principal: true },
  aceptar: { boton: "Aceptar este turno", principal: true },
  otro_horario: { boton: "Necesito otro horario", pregunta: "¿Qué horario le conviene?", hacer: "Pedir otro horario" },
  cancelar: { boton: "Cancelar la cita", pregunta: "¿Cancelar la cita?", hacer: "Sí, cancelar la cita" },
  rechazar: { boton: "No me conviene", pregunta: "¿Dejar este turno a otra persona?", hacer: "Sí, dejarlo" },
};
const ESTADOS = {
  programada: "Por confirmar", confirmada: "Confirmada", en_sala: "En sala", en_curso: "En curso",
  completada: "Completada", cancelada: "Cancelada", no_asistio: "No asistió", enviada: "Por responder",
  aceptada: "Aceptada", rechazada: "Rechazada", vencida: "Vencida", retirada: "Ya no está disponible",
};
const en = (id) => document.getElementById(id);

function decir(id, texto) {
  en("aviso").textContent = en("error").textContent = "";
  en(id).textContent = texto;
}

function cuando(momento) {
  // On the clock of the centre, wherever the phone is.
  const ahi = new Date(momento.slice(0, 19) + "Z");
  return new Intl.DateTimeFormat("es-EC", { dateStyle: "full", timeStyle: "short", timeZone: "UTC" }).format(ahi);
}

function boton(accion) {
  const { boton: texto, pregunta, principal } = ACCIONES[accion];
  const nuevo = document.createElement("button");
  nuevo.type = "button";
  nuevo.textContent = texto;
  nuevo.className = principal ? "principal" : "";
  nuevo.addEventListener("click", () => (pregunta ? preguntar(accion) : pedir(accion)));
  return nuevo;
}

function mostrar(asunto) {
  en("titulo").textContent = asunto.tipo === "oferta" ? "Un turno para usted" : "Su cita";
  for (const campo of ["paciente", "doctor", "centro"]) en(campo).textContent = asunto[campo];
  en("cuando").textContent = cuando(asunto.fecha_hora);
  const estado = ESTADOS[asunto.estado] || asunto.estado;
  en("estado").textContent = asunto.cambio_solicitado ? `${estado} · pidió otro horario` : estado;
  const vence = asunto.vence_en && asunto.acciones.length
    ? `Responda hasta: ${new Date(asunto.vence_en).toLocaleString("es-EC", { dateStyle: "short", timeStyle: "short" })}` : "";
  decir("aviso", asunto.mensaje || vence);
  en("acciones").replaceChildren(...asunto.acciones.filter((accion) => accion in ACCIONES).map(boton));
  en("datos").hidden = en("acciones").hidden = false;
  en("paso").hidden = true;
  if (asunto.mensaje) en("titulo").focus();
}

function preguntar(accion) {
  en("pregunta").textContent = ACCIONES[accion].pregunta;
  en("hacer").textContent = ACCIONES[accion].hacer;
  en("hacer").onclick = () => pedir(accion, en("mensaje").value.trim());
  en("mensaje").value = "";
  decir("error", "");
  en("acciones").hidden = true;
  en("paso").hidden = false;
  en("pregunta").focus();
}

function volver() {
  en("paso").hidden = true;
  en("acciones").hidden = false;
  en("titulo").focus();
}

async function llamar(opciones) {
  const token = encodeURIComponent(location.hash.slice(1));
  const respuesta = await fetch(`/citas/enlaces/${token}`, { ...opciones, cache: "no-store", credentials: "omit" });
  const cuerpo = await respuesta.json();
  if (!respuesta.ok) throw new Error(cuerpo.detail || "No se pudo completar; intente de nuevo.");
  return cuerpo;
}

async function pedir(accion, mensaje) {
  const cuerpo = accion && JSON.stringify(mensaje ? { accion, mensaje } : { accion });
  const botones = document.querySelectorAll("button");
  botones.forEach((uno) => { uno.disabled = true; });
  try {
    mostrar(await llamar(cuerpo && { method: "POST", headers: { "Content-Type": "application/json" }, body: cuerpo }));
  } catch (error) {
    const sinRed = error instanceof TypeError || error instanceof SyntaxError;
    decir("error", sinRed ? "No hay conexión con la clínica; intente de nuevo en un momento." : error.message);
  } finally {
    botones.forEach((uno) => { uno.disabled = false; });
  }
}

function abrir() {
  en("datos").hidden = en("acciones").hidden = en("paso").hidden = true;
  if (location.hash.length < 2) return decir("error", "Al enlace le falta una parte; ábralo desde el mensaje que recibió.");
  decir("aviso", "Un momento…");
  return pedir();
}

en("volver").addEventListener("click", volver);
window.addEventListener("hashchange", abrir);
abrir();
