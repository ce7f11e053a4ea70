"""The record as HL7 FHIR R4 (4.0.1) says it. Pure: parts of the record in, plain resources out."""
