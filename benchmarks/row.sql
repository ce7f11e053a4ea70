-- The rows without which there is no appointment, and nothing else: itself and the times of doctor and patient.
-- The variables are set by floor.py; `turn` goes on counting in each client.
\set turn :turn + 1
\set n :turn * :clients + :client_id
\set doctor :first_doctor + :n % :doctors
\set patient :first_patient + :n % :patients
\set minutes :n / :doctors * 30
WITH nueva AS (
    INSERT INTO cita (paciente_id, doctor_id, centro_id, inicio, fin, duracion_minutos, dia, zona_horaria,
        motivo_consulta, busqueda, estado, recordatorio_enviado, registrado_por, creado_en, actualizado_en, version)
    SELECT :patient, :doctor, :centre, inicio, inicio + interval '30 minutes', 30, inicio::date, 'America/Guayaquil',
        'Control semestral', 'control semestral', 'programada', false, 'secretaria.0', now(), now(), 1
    FROM (SELECT timestamptz '2200-01-01 08:00-05' + :minutes * interval '1 minute' AS inicio) AS momento
    RETURNING id, inicio, fin
)
INSERT INTO ocupacion (tipo, recurso_id, inicio, fin, cita_id)
    SELECT tipo, recurso_id, inicio, fin, id
    FROM nueva, (VALUES ('doctor', :doctor), ('paciente', :patient)) AS recursos (tipo, recurso_id);
