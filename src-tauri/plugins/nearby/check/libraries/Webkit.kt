package androidx.webkit

import android.content.Context
import android.net.Uri
import android.webkit.WebResourceResponse
import android.webkit.WebView

object WebViewCompat {
    fun addDocumentStartJavaScript(webView: WebView, script: String, allowedOriginRules: Set<String>): Any = TODO()
}

object WebViewFeature {
    const val DOCUMENT_START_SCRIPT = "DOCUMENT_START_SCRIPT"

    fun isFeatureSupported(feature: String): Boolean = TODO()
}

class WebViewAssetLoader {
    fun shouldInterceptRequest(url: Uri): WebResourceResponse? = TODO()

    interface PathHandler

    class AssetsPathHandler(context: Context) : PathHandler

    class Builder {
        fun setDomain(domain: String): Builder = TODO()

        fun addPathHandler(path: String, handler: PathHandler): Builder = TODO()

        fun build(): WebViewAssetLoader = TODO()
    }
}
