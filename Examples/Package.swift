// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// A program of your own that is Walkback with something added. Copy this directory, and name Walkback by its address in
// place of "..".
let package = Package(
    name: "my-walkback",
    dependencies: [.package(name: "walkback", path: "..")],
    targets: [
        .executableTarget(
            name: "my-walkback", dependencies: [.product(name: "WalkbackKit", package: "walkback")])
    ],
    swiftLanguageModes: [.v6]
)
