"""What a network of clinics buys, keeps and does: the fixed part of the files that `generar.py` writes."""

from __future__ import annotations

from typing import NamedTuple


class Proveedor(NamedTuple):
    """Who sells; `provincia` and `prefijo` as in `listas.Lugar`, `plazo` in days from order to delivery."""

    clave: str
    nombre: str
    ciudad: str
    provincia: str
    prefijo: str
    plazo: int


class Producto(NamedTuple):
    """Something kept in stock: counted in `unidad`, bought by `paquetes` (name → how many units it holds).

    `costo` and `venta` are per unit without tax (a price of 0: used, not sold), `minimo` for each centre in units,
    `hay` how many of the first package, or units, each centre starts with. `lotes`: it comes in lots that expire.
    """

    codigo: str
    nombre: str
    categoria: str
    unidad: str
    paquetes: dict[str, int]
    costo: str
    venta: str
    iva: str
    proveedor: str
    minimo: int
    hay: int
    lotes: bool = False


class Tratamiento(NamedTuple):
    """What is done for patients. `receta`: product (or the code of another treatment, all that it uses) → quantity.

    A quantity is `2`, `2 ml`; behind it `?` for what is left out when there is not enough, and `|name` for products
    that stand for each other, best first.
    """

    codigo: str
    nombre: str
    categoria: str
    especialidad: str
    precio: str
    minutos: int
    iva: str
    receta: dict[str, str]


PROVEEDORES = (
    Proveedor("dental", "Depósito Dental Equinoccial S.A.", "Quito", "17", "02", 3),
    Proveedor("dentsur", "Suministros Odontológicos del Guayas S.A.", "Guayaquil", "09", "04", 4),
    Proveedor("descartables", "Descartables Médicos Andinos Cía. Ltda.", "Quito", "17", "02", 2),
    Proveedor("farma", "Distribuidora Farmacéutica Río Guayas S.A.", "Guayaquil", "09", "04", 2),
    Proveedor("optica", "Insumos Oftálmicos Pichincha Cía. Ltda.", "Quito", "17", "02", 7),
    Proveedor("orto", "Ortodoncia Importada del Austro S.A.", "Cuenca", "01", "07", 10),
    Proveedor("implantes", "Biomateriales e Implantes Sierra S.A.", "Quito", "17", "02", 15),
    Proveedor("limpieza", "Desinfección Hospitalaria Ambato Cía. Ltda.", "Ambato", "18", "03", 5),
)

_BIO, _DES, _MED = "Bioseguridad", "Desinfección", "Medicamentos"
_RES, _END, _CIR = "Restauración", "Endodoncia", "Cirugía"
_PRE, _ORT, _REH = "Prevención", "Ortodoncia", "Rehabilitación"
_OFT, _CUR, _VEN = "Oftalmología", "Curación y diagnóstico", "Venta al paciente"

PRODUCTOS = (
    Producto("BIO-001", "Guantes de nitrilo talla M", _BIO, "par", {"caja": 50},
             "0.14", "0", "15", "descartables", 100, 10),
    Producto("BIO-002", "Guantes de nitrilo talla S", _BIO, "par", {"caja": 50},
             "0.14", "0", "15", "descartables", 50, 6),
    Producto("BIO-003", "Guantes estériles talla 7", _BIO, "par", {"caja": 50},
             "0.62", "0", "15", "descartables", 25, 2, True),
    Producto("BIO-004", "Mascarilla quirúrgica de tres capas", _BIO, "unidad", {"caja": 50},
             "0.06", "0", "15", "descartables", 100, 10),
    Producto("BIO-005", "Respirador N95", _BIO, "unidad", {"caja": 20},
             "0.95", "0", "15", "descartables", 20, 3),
    Producto("BIO-006", "Campo odontológico desechable", _BIO, "unidad", {"paquete": 125},
             "0.07", "0", "15", "descartables", 125, 5),
    Producto("BIO-007", "Eyector de saliva", _BIO, "unidad", {"funda": 100},
             "0.03", "0", "15", "dental", 100, 6),
    Producto("BIO-008", "Vaso desechable", _BIO, "unidad", {"manga": 50},
             "0.02", "0", "15", "descartables", 100, 10),
    Producto("BIO-009", "Gorro quirúrgico desechable", _BIO, "unidad", {"paquete": 100},
             "0.05", "0", "15", "descartables", 50, 3),
    Producto("BIO-010", "Bata quirúrgica desechable", _BIO, "unidad", {"paquete": 10},
             "1.35", "0", "15", "descartables", 10, 5),
    Producto("BIO-011", "Funda para esterilizar 90 × 230 mm", _BIO, "unidad", {"caja": 200},
             "0.05", "0", "15", "dental", 200, 3),
    Producto("DES-001", "Glutaraldehído al 2 %", _DES, "ml", {"galon": 3785},
             "0.006", "0", "15", "limpieza", 2000, 2, True),
    Producto("DES-002", "Alcohol antiséptico al 70 %", _DES, "ml", {"galon": 3785},
             "0.003", "0", "15", "limpieza", 2000, 3, True),
    Producto("DES-003", "Hipoclorito de sodio al 5.25 %", _DES, "ml", {"litro": 1000},
             "0.004", "0", "15", "limpieza", 500, 4, True),
    Producto("DES-004", "Clorhexidina al 0.12 %", _DES, "ml", {"litro": 1000},
             "0.011", "0", "15", "limpieza", 500, 3, True),
    Producto("MED-001", "Lidocaína al 2 % con epinefrina 1:80 000", _MED, "cartucho", {"caja": 50},
             "0.58", "0", "0", "farma", 50, 4, True),
    Producto("MED-002", "Mepivacaína al 3 % sin vasoconstrictor", _MED, "cartucho", {"caja": 50},
             "0.66", "0", "0", "farma", 25, 2, True),
    Producto("MED-003", "Articaína al 4 % con epinefrina 1:100 000", _MED, "cartucho", {"caja": 50},
             "0.82", "0", "0", "farma", 25, 2, True),
    Producto("MED-004", "Benzocaína tópica al 20 % en gel", _MED, "g", {"frasco": 30},
             "0.21", "0", "0", "farma", 30, 3, True),
    Producto("MED-005", "Ibuprofeno 400 mg", _MED, "tableta", {"caja": 100},
             "0.05", "0.12", "0", "farma", 100, 4, True),
    Producto("MED-006", "Amoxicilina 500 mg", _MED, "capsula", {"caja": 100},
             "0.09", "0.20", "0", "farma", 100, 3, True),
    Producto("MED-007", "Tropicamida al 1 % en gotas", _MED, "ml", {"frasco": 15},
             "0.62", "0", "0", "farma", 15, 3, True),
    Producto("MED-008", "Proparacaína al 0.5 % en gotas", _MED, "ml", {"frasco": 15},
             "0.74", "0", "0", "farma", 15, 3, True),
    Producto("MED-009", "Solución salina al 0.9 %", _MED, "ml", {"bolsa": 500},
             "0.003", "0", "0", "farma", 1000, 8, True),
    Producto("RES-001", "Resina compuesta A2", _RES, "g", {"jeringa": 4},
             "6.20", "0", "15", "dental", 8, 6, True),
    Producto("RES-002", "Resina compuesta A3", _RES, "g", {"jeringa": 4},
             "6.20", "0", "15", "dental", 8, 5, True),
    Producto("RES-003", "Resina fluida A2", _RES, "g", {"jeringa": 2},
             "7.10", "0", "15", "dental", 4, 4, True),
    Producto("RES-004", "Adhesivo universal", _RES, "ml", {"frasco": 5},
             "9.80", "0", "15", "dental", 5, 3, True),
    Producto("RES-005", "Ácido fosfórico al 37 %", _RES, "ml", {"jeringa": 3},
             "1.15", "0", "15", "dental", 6, 6, True),
    Producto("RES-006", "Ionómero de vidrio restaurador", _RES, "g", {"frasco": 15},
             "1.95", "0", "15", "dental", 15, 2, True),
    Producto("RES-007", "Banda matriz metálica", _RES, "unidad", {"rollo": 30},
             "0.09", "0", "15", "dentsur", 30, 3),
    Producto("RES-008", "Cuña de madera", _RES, "unidad", {"caja": 100},
             "0.04", "0", "15", "dentsur", 50, 2),
    Producto("RES-009", "Microaplicador", _RES, "unidad", {"tubo": 100},
             "0.03", "0", "15", "dentsur", 100, 4),
    Producto("RES-010", "Disco de pulido", _RES, "unidad", {"caja": 50},
             "0.35", "0", "15", "dentsur", 20, 2),
    Producto("END-001", "Lima endodóntica K n.º 15–40", _END, "unidad", {"caja": 6},
             "1.10", "0", "15", "dentsur", 12, 6),
    Producto("END-002", "Cono de gutapercha", _END, "unidad", {"caja": 120},
             "0.07", "0", "15", "dentsur", 60, 2),
    Producto("END-003", "Cono de papel absorbente", _END, "unidad", {"caja": 200},
             "0.03", "0", "15", "dentsur", 100, 2),
    Producto("END-004", "Cemento sellador de conductos", _END, "g", {"jeringa": 14},
             "2.30", "0", "15", "dentsur", 7, 2, True),
    Producto("END-005", "EDTA al 17 %", _END, "ml", {"frasco": 120},
             "0.08", "0", "15", "dentsur", 60, 2, True),
    Producto("CIR-001", "Sutura de seda 3-0 con aguja", _CIR, "unidad", {"caja": 12},
             "1.40", "0", "15", "descartables", 12, 4, True),
    Producto("CIR-002", "Hoja de bisturí n.º 15", _CIR, "unidad", {"caja": 100},
             "0.18", "0", "15", "descartables", 25, 1, True),
    Producto("CIR-003", "Gasa estéril 5 × 5 cm", _CIR, "unidad", {"caja": 100},
             "0.04", "0", "15", "descartables", 100, 6, True),
    Producto("CIR-004", "Aguja dental corta 30G", _CIR, "unidad", {"caja": 100},
             "0.11", "0", "15", "dental", 100, 4, True),
    Producto("CIR-005", "Esponja hemostática", _CIR, "unidad", {"caja": 24},
             "0.85", "0", "15", "implantes", 12, 2, True),
    Producto("CIR-006", "Implante dental de titanio 4.0 × 10 mm", _CIR, "unidad", {},
             "118.00", "0", "15", "implantes", 2, 4, True),
    Producto("CIR-007", "Tornillo de cicatrización", _CIR, "unidad", {},
             "22.00", "0", "15", "implantes", 2, 4),
    Producto("PRE-001", "Pasta profiláctica", _PRE, "g", {"frasco": 200},
             "0.05", "0", "15", "dental", 200, 3, True),
    Producto("PRE-002", "Cepillo profiláctico", _PRE, "unidad", {"caja": 100},
             "0.22", "0", "15", "dental", 50, 2),
    Producto("PRE-003", "Barniz de flúor al 5 %", _PRE, "dosis", {"caja": 50},
             "0.95", "0", "15", "dental", 25, 2, True),
    Producto("PRE-004", "Sellante de fosas y fisuras", _PRE, "g", {"jeringa": 2},
             "8.40", "0", "15", "dental", 4, 4, True),
    Producto("PRE-005", "Gel de flúor acidulado", _PRE, "ml", {"frasco": 480},
             "0.02", "0", "15", "dental", 240, 1, True),
    Producto("ORT-001", "Juego de brackets metálicos", _ORT, "juego", {},
             "24.00", "0", "15", "orto", 3, 8),
    Producto("ORT-002", "Juego de brackets estéticos", _ORT, "juego", {},
             "58.00", "0", "15", "orto", 2, 4),
    Producto("ORT-003", "Arco de níquel-titanio 0.014", _ORT, "unidad", {"paquete": 10},
             "1.60", "0", "15", "orto", 10, 4),
    Producto("ORT-004", "Ligadura elástica", _ORT, "unidad", {"paquete": 1000},
             "0.008", "0", "15", "orto", 500, 2),
    Producto("REH-001", "Alginato", _REH, "g", {"funda": 450},
             "0.018", "0", "15", "dental", 450, 6, True),
    Producto("REH-002", "Silicona de adición pesada", _REH, "g", {"pote": 300},
             "0.14", "0", "15", "dental", 300, 2, True),
    Producto("REH-003", "Cemento resinoso dual", _REH, "g", {"jeringa": 5},
             "7.60", "0", "15", "dental", 5, 3, True),
    Producto("REH-004", "Yeso piedra", _REH, "g", {"kilo": 1000},
             "0.003", "0", "15", "dentsur", 1000, 6),
    Producto("OFT-001", "Tira de fluoresceína", _OFT, "unidad", {"caja": 100},
             "0.16", "0", "15", "optica", 50, 2, True),
    Producto("OFT-002", "Gel oftálmico para ecografía", _OFT, "ml", {"frasco": 250},
             "0.02", "0", "15", "optica", 100, 1, True),
    Producto("OFT-003", "Protector ocular estéril", _OFT, "unidad", {"caja": 50},
             "0.24", "0", "15", "optica", 25, 1),
    Producto("CUR-001", "Baja lenguas de madera", _CUR, "unidad", {"caja": 100},
             "0.02", "0", "15", "descartables", 100, 3),
    Producto("CUR-002", "Electrodo desechable", _CUR, "unidad", {"paquete": 50},
             "0.18", "0", "15", "descartables", 50, 3, True),
    Producto("CUR-003", "Apósito adhesivo estéril", _CUR, "unidad", {"caja": 50},
             "0.28", "0", "15", "descartables", 25, 2, True),
    Producto("CUR-004", "Jeringa de 5 ml con aguja", _CUR, "unidad", {"caja": 100},
             "0.09", "0", "15", "descartables", 50, 2, True),
    Producto("VEN-001", "Cepillo dental suave", _VEN, "unidad", {"caja": 12},
             "1.20", "2.50", "15", "dental", 12, 4),
    Producto("VEN-002", "Enjuague bucal sin alcohol 500 ml", _VEN, "unidad", {"caja": 12},
             "3.40", "6.50", "15", "dental", 6, 2, True),
    Producto("VEN-003", "Lágrimas artificiales 15 ml", _VEN, "unidad", {"caja": 10},
             "4.10", "8.00", "0", "optica", 10, 3, True),
)  # fmt: skip

_KIT, _DIA = "Kits", "Diagnóstico"
_GEN, _ODP, _ENDO = "Odontología general", "Odontopediatría", "Endodoncia"
_PER, _OCI, _RHO = "Periodoncia", "Cirugía oral", "Rehabilitación oral"
_ORTO, _MGE, _OFTA = "Ortodoncia", "Medicina general", "Oftalmología"

_ANESTESIA = {"MED-001": "1|anestesia", "MED-003": "1|anestesia", "MED-002": "1|anestesia", "CIR-004": "1"}
_BASE = {"KIT-ODO": "1"}
# What each root more takes.
_RAIZ = {"END-001": "3", "END-002": "3", "END-003": "6", "END-004": "0.3 g", "DES-003": "10 ml"}
_ADHESION = {"RES-005": "0.3 ml", "RES-004": "0.2 ml", "RES-009": "2"}

TRATAMIENTOS = (
    Tratamiento("KIT-ODO", "Kit de bioseguridad odontológica", _KIT, "", "0", 5, "0",
                {"BIO-001": "2|guantes", "BIO-002": "2|guantes", "BIO-004": "1", "BIO-006": "1", "BIO-007": "1",
                 "BIO-008": "1", "BIO-011": "2", "DES-002": "15 ml"}),
    Tratamiento("KIT-CIR", "Kit de bioseguridad quirúrgica", _KIT, "", "0", 5, "0",
                {"KIT-ODO": "1", "BIO-003": "2", "BIO-005": "1?", "BIO-009": "2", "BIO-010": "1", "CIR-003": "6",
                 "MED-009": "100 ml"}),
    Tratamiento("KIT-MED", "Kit de bioseguridad de consulta", _KIT, "", "0", 5, "0",
                {"BIO-001": "1|guantes", "BIO-002": "1|guantes", "BIO-004": "1", "DES-002": "10 ml"}),
    Tratamiento("ODO-001", "Consulta odontológica y diagnóstico", _DIA, _GEN, "20", 30, "0", _BASE),
    Tratamiento("ODO-002", "Profilaxis dental", _PRE, _GEN, "35", 30, "0",
                {**_BASE, "PRE-001": "4 g", "PRE-002": "1", "PRE-005": "5 ml?"}),
    Tratamiento("ODO-003", "Restauración con resina, una superficie", _RES, _GEN, "40", 45, "0",
                {**_BASE, **_ANESTESIA, **_ADHESION, "RES-001": "0.3 g|color", "RES-002": "0.3 g|color",
                 "RES-010": "1?"}),
    Tratamiento("ODO-004", "Restauración con resina, dos superficies", _RES, _GEN, "55", 60, "0",
                {**_BASE, **_ANESTESIA, **_ADHESION, "RES-001": "0.5 g|color", "RES-002": "0.5 g|color",
                 "RES-003": "0.1 g", "RES-007": "1", "RES-008": "1", "RES-010": "1?"}),
    Tratamiento("ODO-005", "Restauración con ionómero de vidrio", _RES, _GEN, "30", 30, "0",
                {**_BASE, "RES-006": "0.8 g", "RES-009": "1"}),
    Tratamiento("ODO-006", "Exodoncia simple", _CIR, _GEN, "45", 45, "0",
                {**_BASE, **_ANESTESIA, "CIR-003": "4", "MED-005": "6?"}),
    Tratamiento("ODO-007", "Blanqueamiento dental en consultorio", "Estética", _GEN, "180", 90, "15",
                {**_BASE, "RES-009": "4", "CIR-003": "4"}),
    Tratamiento("ODO-008", "Urgencia odontológica", _DIA, _GEN, "30", 30, "0",
                {**_BASE, **_ANESTESIA, "CIR-003": "2", "MED-005": "4?"}),
    Tratamiento("ODP-001", "Consulta de odontopediatría", _DIA, _ODP, "25", 30, "0", _BASE),
    Tratamiento("ODP-002", "Sellante de fosas y fisuras, por pieza", _PRE, _ODP, "18", 20, "0",
                {**_BASE, "RES-005": "0.2 ml", "PRE-004": "0.1 g", "RES-009": "1"}),
    Tratamiento("ODP-003", "Aplicación de barniz de flúor", _PRE, _ODP, "25", 20, "0",
                {**_BASE, "PRE-003": "1", "RES-009": "1"}),
    Tratamiento("ODP-004", "Pulpotomía", _END, _ODP, "60", 45, "0",
                {**_BASE, "MED-004": "0.5 g", "MED-002": "1", "CIR-004": "1", "RES-006": "1 g", "CIR-003": "3"}),
    Tratamiento("END-101", "Endodoncia de una raíz", _END, _ENDO, "140", 60, "0",
                {**_BASE, **_ANESTESIA, "END-001": "6", "END-002": "4", "END-003": "8", "END-004": "0.4 g",
                 "END-005": "4 ml", "DES-003": "20 ml"}),
    Tratamiento("END-102", "Endodoncia de dos raíces", _END, _ENDO, "190", 90, "0", {"END-101": "1", **_RAIZ}),
    Tratamiento("END-103", "Endodoncia de tres raíces", _END, _ENDO, "240", 120, "0", {"END-102": "1", **_RAIZ}),
    Tratamiento("END-104", "Retratamiento endodóntico", _END, _ENDO, "210", 90, "0",
                {"END-101": "1", **_RAIZ, "MED-005": "4?"}),
    Tratamiento("PER-001", "Evaluación periodontal", _DIA, _PER, "30", 30, "0", _BASE),
    Tratamiento("PER-002", "Raspado y alisado, por cuadrante", _PRE, _PER, "60", 60, "0",
                {**_BASE, **_ANESTESIA, "DES-004": "20 ml", "CIR-003": "4"}),
    Tratamiento("PER-003", "Mantenimiento periodontal", _PRE, _PER, "45", 45, "0",
                {"ODO-002": "1", "DES-004": "15 ml"}),
    Tratamiento("CIR-101", "Exodoncia de tercer molar", _CIR, _OCI, "120", 60, "0",
                {"KIT-CIR": "1", "MED-003": "2|anestesia", "MED-001": "2|anestesia", "CIR-004": "1", "CIR-001": "1",
                 "CIR-002": "1", "MED-005": "9?", "MED-006": "21?"}),
    Tratamiento("CIR-102", "Implante dental unitario", _CIR, _OCI, "650", 90, "0",
                {"KIT-CIR": "1", "MED-003": "3|anestesia", "MED-001": "3|anestesia", "CIR-004": "1", "CIR-001": "2",
                 "CIR-002": "1", "CIR-005": "1?", "CIR-006": "1", "CIR-007": "1"}),
    Tratamiento("CIR-103", "Frenectomía", _CIR, _OCI, "90", 45, "0",
                {"KIT-CIR": "1", "MED-001": "1", "CIR-004": "1", "CIR-001": "1", "CIR-002": "1"}),
    Tratamiento("ORT-101", "Estudio de ortodoncia", _DIA, _ORTO, "50", 45, "0",
                {**_BASE, "REH-001": "40 g", "REH-004": "120 g"}),
    Tratamiento("ORT-102", "Instalación de brackets metálicos", _ORT, _ORTO, "350", 90, "0",
                {**_BASE, **_ADHESION, "ORT-001": "1", "ORT-003": "2", "ORT-004": "20"}),
    Tratamiento("ORT-103", "Instalación de brackets estéticos", _ORT, _ORTO, "520", 90, "15",
                {**_BASE, **_ADHESION, "ORT-002": "1", "ORT-003": "2", "ORT-004": "20"}),
    Tratamiento("ORT-104", "Control mensual de ortodoncia", _ORT, _ORTO, "35", 30, "0",
                {**_BASE, "ORT-004": "20", "ORT-003": "1?"}),
    Tratamiento("REH-101", "Corona de porcelana", _REH, _RHO, "320", 60, "0",
                {**_BASE, **_ANESTESIA, "REH-002": "30 g", "REH-003": "0.5 g"}),
    Tratamiento("REH-102", "Prótesis parcial removible", _REH, _RHO, "280", 60, "0",
                {**_BASE, "REH-001": "60 g", "REH-004": "200 g"}),
    Tratamiento("REH-103", "Carilla estética de porcelana", "Estética", _RHO, "290", 90, "15",
                {**_BASE, **_ADHESION, "REH-002": "20 g", "REH-003": "0.4 g"}),
    Tratamiento("MED-101", "Consulta de medicina general", _DIA, _MGE, "30", 30, "0",
                {"KIT-MED": "1", "CUR-001": "1"}),
    Tratamiento("MED-102", "Control de presión y signos vitales", _DIA, _MGE, "10", 15, "0", {"KIT-MED": "1"}),
    Tratamiento("MED-103", "Electrocardiograma", _DIA, _MGE, "25", 30, "0", {"KIT-MED": "1", "CUR-002": "10"}),
    Tratamiento("MED-104", "Curación de herida", "Procedimientos", _MGE, "20", 30, "0",
                {"KIT-MED": "1", "CIR-003": "4", "CUR-003": "1", "MED-009": "50 ml"}),
    Tratamiento("MED-105", "Inyección intramuscular", "Procedimientos", _MGE, "8", 15, "0",
                {"KIT-MED": "1", "CUR-004": "1", "CUR-003": "1?"}),
    Tratamiento("OFT-101", "Consulta oftalmológica", _DIA, _OFTA, "40", 30, "0",
                {"KIT-MED": "1", "MED-008": "0.1 ml"}),
    Tratamiento("OFT-102", "Fondo de ojo con dilatación", _DIA, _OFTA, "45", 45, "0",
                {"KIT-MED": "1", "MED-007": "0.2 ml", "MED-008": "0.1 ml"}),
    Tratamiento("OFT-103", "Examen de refracción y receta de lentes", _DIA, _OFTA, "30", 30, "0", {"KIT-MED": "1"}),
    Tratamiento("OFT-104", "Tonometría y paquimetría", _DIA, _OFTA, "35", 30, "0",
                {"KIT-MED": "1", "MED-008": "0.1 ml", "OFT-001": "2", "OFT-002": "1 ml?"}),
    Tratamiento("OFT-105", "Extracción de cuerpo extraño ocular", "Procedimientos", _OFTA, "70", 30, "0",
                {"KIT-MED": "1", "MED-008": "0.2 ml", "OFT-001": "1", "OFT-003": "1", "MED-009": "20 ml"}),
)  # fmt: skip

# What a clinic spends on beside what it keeps in stock.
CATEGORIAS_GASTO = (
    "Arriendo",
    "Sueldos",
    "Servicios básicos",
    "Internet y telefonía",
    "Mantenimiento de equipos",
    "Limpieza",
    "Publicidad",
    "Impuestos y permisos",
    "Laboratorio dental",
    "Otros",
)
