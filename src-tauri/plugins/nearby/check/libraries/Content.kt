package androidx.core.content

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.content.SharedPreferences
import android.net.Uri
import java.io.File

open class ContextCompat {
    companion object {
        const val RECEIVER_NOT_EXPORTED = 4

        @JvmStatic
        fun checkSelfPermission(context: Context, permission: String): Int = TODO()

        @JvmStatic
        fun getColor(context: Context, id: Int): Int = TODO()

        @JvmStatic
        fun registerReceiver(context: Context, receiver: BroadcastReceiver?, filter: IntentFilter, flags: Int): Intent? = TODO()

        @JvmStatic
        fun startForegroundService(context: Context, intent: Intent): Unit = TODO()
    }
}

object FileProvider {
    fun getUriForFile(context: Context, authority: String, file: File): Uri = TODO()
}

fun SharedPreferences.edit(commit: Boolean = false, action: SharedPreferences.Editor.() -> Unit): Unit = TODO()
