// SPDX-License-Identifier: Apache-2.0
import Documents
import KernelTier
import Testing

@testable import Netlink

@Suite struct PathManagerTests {
    @Test(.kernelTier) func `Limits are kept`() throws {
        let namespace = try Namespace("a")
        let manager = try namespace.run { try PathManager() }
        let limits = PathManager.Limits(subflows: 8, acceptedAddresses: 7)
        try manager.setLimits(limits)
        #expect(try manager.limits() == limits)
    }

    @Test(.kernelTier) func `Endpoints are added, listed, changed and deleted`() throws {
        let pair = try Pair()
        let manager = try pair.near.run { try PathManager() }
        let four = PathManager.Endpoint(id: 3, address: pair.nearAddresses[0], interface: 10, flags: .subflow)
        let six = PathManager.Endpoint(id: 9, address: pair.nearAddresses[1], flags: [.signal])
        try manager.add(four)
        try manager.add(six)
        #expect(try manager.endpoints() == [four, six])
        let backup = PathManager.Endpoint(
            id: 3, address: four.address, interface: 10, flags: [.subflow, .backup])
        try manager.change(backup)
        #expect(try manager.endpoints() == [backup, six])
        try manager.delete(backup)
        #expect(try manager.endpoints() == [six])
        try manager.flush()
        #expect(try manager.endpoints() == [])
    }

    @Test(.kernelTier) func `A second endpoint of one address is refused in the kernel's words`() throws {
        let pair = try Pair()
        let manager = try pair.near.run { try PathManager() }
        let endpoint = PathManager.Endpoint(id: 1, address: pair.nearAddresses[0], flags: .subflow)
        try manager.add(endpoint)
        let fault = #expect(throws: Fault.self) { try manager.add(endpoint) }
        // The kernel's extended acknowledgement, and its error.
        #expect(
            fault?.message
                == "cannot add the MPTCP endpoint 10.9.0.1: too many addresses or duplicate one: -16 (Device or "
                + "resource busy)"
        )
    }
}
