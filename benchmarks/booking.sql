-- What one booking writes, as one transaction: the appointment, the times of doctor and patient, the step in its
-- life, the audit row, the event and its delivery. Another doctor, patient or time in each.
-- The variables are set by floor.py; `turn` goes on counting in each client.
\set turn :turn + 1
\set n :turn * :clients + :client_id
\set doctor :first_doctor + :n % :doctors
\set patient :first_patient + :n % :patients
\set minutes :n / :doctors * 30
BEGIN;
SELECT pg_advisory_xact_lock(tipo, id) FROM (VALUES (0, :doctor), (1, :patient)) AS turno (tipo, id);
INSERT INTO cita (paciente_id, doctor_id, centro_id, inicio, fin, duracion_minutos, dia, zona_horaria,
        motivo_consulta, busqueda, estado, recordatorio_enviado, registrado_por, creado_en, actualizado_en, version)
    SELECT :patient, :doctor, :centre, inicio, inicio + interval '30 minutes', 30, inicio::date, 'America/Guayaquil',
        'Control semestral', 'control semestral', 'programada', false, 'secretaria.0', now(), now(), 1
    FROM (SELECT timestamptz '2100-01-01 08:00-05' + :minutes * interval '1 minute' AS inicio) AS momento
    RETURNING id \gset
INSERT INTO ocupacion (tipo, recurso_id, inicio, fin, cita_id)
    SELECT tipo, recurso_id, inicio, fin, cita.id
    FROM cita, (VALUES ('doctor', :doctor), ('paciente', :patient)) AS recursos (tipo, recurso_id)
    WHERE cita.id = :id;
INSERT INTO cambio_estado (cita_id, a, por, momento) VALUES (:id, 'programada', 'usuario:1', now());
INSERT INTO auditoria (momento, actor, rol, accion, recurso, recurso_id, cambios, direccion_ip, traza)
    VALUES (now(), 'usuario:1', 'secretaria', 'citas:crear', 'cita', :id, '{"operacion": "alta"}', '127.0.0.1',
        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
INSERT INTO evento_saliente (evento_id, tipo, sujeto, secuencia, momento, datos, traceparent)
    VALUES (gen_random_uuid(), 'cita.programada.v1', 'cita/' || :id, 1, now(),
        '{"id": 1, "paciente_id": 1, "doctor_id": 1, "centro_id": 1, "sala_id": null, "fecha_hora": "2100-01-01T08:00:00-05:00", "duracion_minutos": 30, "estado": "programada", "motivo_consulta": "Control semestral", "reprograma_a_id": null, "reprogramada_en_id": null, "motivo": null}',
        '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-aaaaaaaaaaaaaaaa-01')
    RETURNING id AS event \gset
INSERT INTO entrega (evento_id, suscriptor, sujeto, pendiente_desde, proximo_intento)
    VALUES (:event, 'admin', 'cita/' || :id, now(), now());
COMMIT;
