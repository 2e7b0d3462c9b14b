package androidx.core.app

import android.app.Activity
import android.app.Notification
import android.app.PendingIntent
import android.app.Service
import android.content.Context
import androidx.core.content.ContextCompat

class ActivityCompat : ContextCompat() {
    companion object {
        @JvmStatic
        fun shouldShowRequestPermissionRationale(activity: Activity, permission: String): Boolean = TODO()

        @JvmStatic
        fun checkSelfPermission(context: Context, permission: String): Int = TODO()
    }
}

object ServiceCompat {
    fun startForeground(service: Service, id: Int, notification: Notification, foregroundServiceType: Int): Unit = TODO()
}

class NotificationCompat {
    companion object {
        const val CATEGORY_PROGRESS = "progress"
    }

    class Builder(context: Context, channelId: String) {
        fun setSmallIcon(icon: Int): Builder = TODO()

        fun setContentTitle(title: CharSequence?): Builder = TODO()

        fun setContentText(text: CharSequence?): Builder = TODO()

        fun setContentIntent(intent: PendingIntent?): Builder = TODO()

        fun setCategory(category: String?): Builder = TODO()

        fun setProgress(max: Int, progress: Int, indeterminate: Boolean): Builder = TODO()

        fun setOngoing(ongoing: Boolean): Builder = TODO()

        fun setShowWhen(show: Boolean): Builder = TODO()

        fun addAction(icon: Int, title: CharSequence?, intent: PendingIntent?): Builder = TODO()

        fun build(): Notification = TODO()
    }
}
