// SPDX-License-Identifier: Apache-2.0
// What a package of somebody else's needs to add something: the public parts of the rooms below.
@_exported import Bounds
@_exported import Documents
@_exported import Plans
@_exported import Quantities
@_exported import Registries
@_exported import Strategies
@_exported import System
@_exported import TraceFormats
@_exported import Traces
