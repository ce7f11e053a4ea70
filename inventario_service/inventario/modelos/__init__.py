"""Tables of inventario_service."""

from inventario.modelos.categoria import Ambito, Categoria
from inventario.modelos.compra import DE_RECEPCION, EN_CURSO, EstadoOrden, OrdenCompra, OrdenLinea, Recepcion
from inventario.modelos.consumo import Consumo, ConsumoLinea, Resolucion
from inventario.modelos.conteo import Conteo, ConteoLinea, EstadoConteo
from inventario.modelos.existencias import SIN_LOTE, Bodega, DeUnCentro, Existencia, Lote, Stock
from inventario.modelos.historia import CostoProducto, PrecioTratamiento, TarifaIva
from inventario.modelos.movimiento import Movimiento, Tipo, Traslado
from inventario.modelos.producto import CANTIDAD, MinimoCentro, Presentacion, Producto
from inventario.modelos.proveedor import Proveedor
from inventario.modelos.referencias import POR_ATENDER, CentroRef, CitaRef, CitaTratamientoRef, DoctorRef
from inventario.modelos.tratamiento import Ingrediente, Receta, Tratamiento

__all__ = [
    "CANTIDAD",
    "DE_RECEPCION",
    "EN_CURSO",
    "POR_ATENDER",
    "SIN_LOTE",
    "Ambito",
    "Bodega",
    "Categoria",
    "CentroRef",
    "CitaRef",
    "CitaTratamientoRef",
    "Consumo",
    "ConsumoLinea",
    "Conteo",
    "ConteoLinea",
    "CostoProducto",
    "DeUnCentro",
    "DoctorRef",
    "EstadoConteo",
    "EstadoOrden",
    "Existencia",
    "Ingrediente",
    "Lote",
    "MinimoCentro",
    "Movimiento",
    "OrdenCompra",
    "OrdenLinea",
    "PrecioTratamiento",
    "Presentacion",
    "Producto",
    "Proveedor",
    "Receta",
    "Recepcion",
    "Resolucion",
    "Stock",
    "TarifaIva",
    "Tipo",
    "Traslado",
    "Tratamiento",
]
