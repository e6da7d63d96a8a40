// SPDX-License-Identifier: Apache-2.0
import Documents

/// A page that needs no other file.
package enum Page {
    /// Page/report.js and Page/tables.js, embedded by the build.
    private static let script = String(decoding: PackageResources.report_js + PackageResources.tables_js, as: UTF8.self)

    /// What a page may do: run its own script and use its own style, and load nothing, so that neither can a text from
    /// a file run as a script nor what the page shows leave it.
    private static let policy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        + "style-src \(Element.style(verbatim: PageStyle.css).policySource); "
        + "script-src \(Element.script(verbatim: script).policySource)"

    package static func html(title: String, walkback: String, @MarkupBuilder body: () -> Markup) -> String {
        Element(.html, ["lang": "en"]) {
            Element(.head) {
                Element.meta(["charset": "utf-8"])
                Element.meta(["http-equiv": "Content-Security-Policy", "content": policy])
                Element.meta(["name": "viewport", "content": "width=device-width, initial-scale=1"])
                Element.meta(["name": "generator", "content": "walkback \(walkback)"])
                Element(.title, title)
                Element.style(verbatim: PageStyle.css)
            }
            Element(.body) {
                Element(.main, content: body)
                Element.script(verbatim: script)
            }
        }.page
    }
}
