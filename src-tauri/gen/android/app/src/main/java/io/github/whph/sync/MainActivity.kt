package io.github.whph.sync

import android.content.Intent
import android.content.res.Configuration
import android.os.Bundle
import android.view.View
import android.webkit.WebView
import androidx.activity.enableEdgeToEdge
import androidx.core.content.ContextCompat
import androidx.core.view.ViewCompat
import androidx.core.view.WindowInsetsCompat

class MainActivity : TauriActivity() {
  private var page: WebView? = null

  override fun onCreate(savedInstanceState: Bundle?) {
    forgetOldLink(savedInstanceState)
    enableEdgeToEdge()
    super.onCreate(savedInstanceState)
    keepClearOfBars()
    paint()
  }

  override fun onWebViewCreate(webView: WebView) {
    page = webView
    paint()
  }

  // The system's switch between light and dark does not make a new activity: the page would lose what is typed in it.
  override fun onConfigurationChanged(newConfig: Configuration) {
    super.onConfigurationChanged(newConfig)
    enableEdgeToEdge()
    paint()
  }

  /** A pairing link counts once. Opened again from the list of recent apps, the activity would be given the same one anew. */
  private fun forgetOldLink(savedInstanceState: Bundle?) {
    val fromRecents = intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0
    if (savedInstanceState != null || fromRecents) {
      intent = Intent(intent).setAction(Intent.ACTION_MAIN).setData(null)
    }
  }

  /**
   * The page ends where the system's bars, the camera's cutout and the keyboard begin. WebView hands these to the page since
   * version 136 only, and some of them since 144, so they are taken here, for every version alike.
   */
  private fun keepClearOfBars() {
    ViewCompat.setOnApplyWindowInsetsListener(findViewById(android.R.id.content)) { content: View, insets ->
      val taken = WindowInsetsCompat.Type.systemBars() or
        WindowInsetsCompat.Type.displayCutout() or
        WindowInsetsCompat.Type.ime()
      val edges = insets.getInsets(taken)
      content.setPadding(edges.left, edges.top, edges.right, edges.bottom)
      WindowInsetsCompat.CONSUMED
    }
  }

  /** One colour behind the bars and the page, so that there is no flash before the page is drawn. */
  private fun paint() {
    val paper = ContextCompat.getColor(this, R.color.paper)
    window?.decorView?.setBackgroundColor(paper)
    page?.setBackgroundColor(paper)
  }
}
