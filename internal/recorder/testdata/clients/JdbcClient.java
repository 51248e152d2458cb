// JDBC: the extended protocol from Java, COPY by its own interface, and prepared statements on the server.
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

public class JdbcClient {
    static Connection connect() throws Exception {
        URI url = new URI(System.getenv("DATABASE_URL").replaceFirst("^postgres(ql)?:", "x:"));
        String[] who = url.getUserInfo().split(":", 2);
        Properties properties = new Properties();
        properties.setProperty("user", who[0]);
        properties.setProperty("password", who.length > 1 ? who[1] : "");
        properties.setProperty("prepareThreshold", "1");
        return DriverManager.getConnection("jdbc:postgresql://" + url.getHost() + ":" + url.getPort() + url.getPath(), properties);
    }

    static int first(ResultSet rows) throws SQLException {
        rows.next();
        return rows.getInt(1);
    }

    public static void main(String[] arguments) throws Exception {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            System.out.println("select " + first(statement.executeQuery("SELECT 41 + 1")));
            try (PreparedStatement adds = connection.prepareStatement("SELECT ?::int + 1")) {
                adds.setInt(1, 1);
                adds.executeQuery().close();
                adds.setInt(1, 2);
                System.out.println("prepared " + first(adds.executeQuery()));
            }
            statement.execute("CREATE TABLE items (id int, name text)");
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            copy.copyIn("COPY items FROM STDIN", new StringReader("1\tone\n2\ttwo\n3\tthree\n"));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            copy.copyOut("COPY items TO STDOUT", out);
            System.out.println("copied " + out.toString().split("\n").length);
            new Thread(() -> {
                try {
                    Thread.sleep(500);
                    statement.cancel();
                } catch (Exception failure) {
                    failure.printStackTrace();
                }
            }).start();
            try {
                statement.execute("SELECT pg_sleep(30)");
            } catch (SQLException failure) {
                System.out.println("cancelled " + failure.getSQLState());
            }
            statement.execute("LISTEN news");
            statement.execute("NOTIFY news, 'hello'");
            System.out.println("notified " + connection.unwrap(PGConnection.class).getNotifications()[0].getParameter());
        }
    }
}
