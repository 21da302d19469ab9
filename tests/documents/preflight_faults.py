"""All the faults that are planted: one broken clause of ISO 19005-2 or ISO 14289-1 each."""

from __future__ import annotations

from faults_of_annotations import faults_of_annotations
from faults_of_files import faults_of_files
from faults_of_fonts import faults_of_fonts
from faults_of_graphics import faults_of_graphics
from faults_of_metadata import faults_of_metadata
from faults_of_structure import faults_of_structure
from preflight_edits import Fault

FAULTS: tuple[Fault, ...] = (
    *faults_of_files(),
    *faults_of_graphics(),
    *faults_of_fonts(),
    *faults_of_annotations(),
    *faults_of_metadata(),
    *faults_of_structure(),
)
