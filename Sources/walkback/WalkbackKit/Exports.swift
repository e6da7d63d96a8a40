// SPDX-License-Identifier: Apache-2.0
// What a user's package needs to add something: the public parts of the modules below.
@_exported import Bounds
@_exported import Documents
@_exported import Plans
@_exported import Quantities
@_exported import Registries
@_exported import Strategies
@_exported import System
@_exported import TraceFormats
@_exported import Traces
