package io.github.whph.nearby.platform

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import androidx.core.app.NotificationCompat
import androidx.core.app.ServiceCompat
import androidx.core.content.ContextCompat
import io.github.whph.nearby.R

/** Keeps the process alive for the rest of a sync that was under way when the app was left. It does nothing else. */
class SyncService : Service() {
    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        if (intent?.action == ACTION_STOP) {
            text = null
            listener?.stopped()
            stopSelf()
            return START_NOT_STICKY
        }
        try {
            ServiceCompat.startForeground(this, NOTIFICATION, notification(), ServiceInfo.FOREGROUND_SERVICE_TYPE_CONNECTED_DEVICE)
            up = true
        } catch (_: RuntimeException) {
            // Not allowed at this moment, or for want of a permission: which of them it is changes nothing.
            text = null
            listener?.refused()
            stopSelf()
            return START_NOT_STICKY
        }
        // The sync may have ended before this began.
        if (text == null) stopSelf()
        // Started anew by the system there would be no sync to keep alive.
        return START_NOT_STICKY
    }

    override fun onDestroy() {
        up = false
        // Ended by the system, or by the person in its list of what runs.
        if (text != null) listener?.ended()
        text = null
        super.onDestroy()
    }

    private fun notification(): Notification {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
            val name = getString(R.string.nearby_service_channel)
            val channel = NotificationChannel(CHANNEL, name, NotificationManager.IMPORTANCE_LOW)
            channel.description = getString(R.string.nearby_service_channel_about)
            getSystemService(NotificationManager::class.java)?.createNotificationChannel(channel)
        }
        val stop = Intent(this, SyncService::class.java).setAction(ACTION_STOP)
        val stopping = PendingIntent.getService(this, 0, stop, PendingIntent.FLAG_IMMUTABLE)
        val builder = NotificationCompat.Builder(this, CHANNEL)
            .setSmallIcon(R.drawable.ic_nearby)
            .setContentTitle(getString(R.string.nearby_service_title))
            .setContentText(text)
            .setCategory(NotificationCompat.CATEGORY_PROGRESS)
            .setProgress(0, 0, true)
            .setOngoing(true)
            .setShowWhen(false)
            .addAction(0, getString(R.string.nearby_service_stop), stopping)
        packageManager.getLaunchIntentForPackage(packageName)?.let { open ->
            builder.setContentIntent(PendingIntent.getActivity(this, 0, open, PendingIntent.FLAG_IMMUTABLE))
        }
        return builder.build()
    }

    interface Listener {
        /** The person pressed Stop. */
        fun stopped()

        fun refused()

        fun ended()
    }

    companion object {
        private const val ACTION_STOP = "io.github.whph.nearby.STOP"
        private const val CHANNEL = "sync"
        private const val NOTIFICATION = 1

        var listener: Listener? = null

        /** What the notification says; nothing once the service is not wanted any more. */
        private var text: String? = null
        private var up = false

        fun start(context: Context, text: String) {
            this.text = text
            try {
                ContextCompat.startForegroundService(context, Intent(context, SyncService::class.java))
            } catch (_: RuntimeException) {
                this.text = null
                listener?.refused()
            }
        }

        fun stop(context: Context) {
            text = null
            // A service that was asked for must come to the foreground before it may go: it then sees that it is not wanted.
            if (up) context.stopService(Intent(context, SyncService::class.java))
        }
    }
}
