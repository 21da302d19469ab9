import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.EvidenceRecordWrapper;
import eu.europa.esig.dss.diagnostic.TimestampWrapper;
import eu.europa.esig.dss.diagnostic.jaxb.XmlDigestMatcher;
import eu.europa.esig.dss.evidencerecord.asn1.validation.ASN1EvidenceRecordValidator;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/** Judges an evidence record by the European Commission's library DSS: EvidenceJudge ROOTS.pem INSTANT RECORD FILE… */
public class EvidenceJudge {
    public static void main(String[] args) throws Exception {
        CommonTrustedCertificateSource roots = new CommonTrustedCertificateSource();
        try (InputStream pem = new FileInputStream(args[0])) {
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                roots.addCertificate(new CertificateToken((X509Certificate) one));
            }
        }
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(roots);
        List<DSSDocument> files = new ArrayList<>();
        for (int i = 3; i < args.length; i++) {
            files.add(new FileDocument(args[i]));
        }
        ASN1EvidenceRecordValidator validator = new ASN1EvidenceRecordValidator(new FileDocument(args[2]));
        validator.setCertificateVerifier(verifier);
        validator.setDetachedContents(files);
        validator.setValidationTime(Date.from(Instant.parse(args[1])));
        Reports reports = validator.validateDocument();
        DiagnosticData data = reports.getDiagnosticData();
        for (EvidenceRecordWrapper record : data.getEvidenceRecords()) {
            System.out.println("record " + reports.getSimpleReport().getIndication(record.getId())
                    + " " + reports.getSimpleReport().getSubIndication(record.getId()));
            for (XmlDigestMatcher one : record.getDigestMatchers()) {
                System.out.println("object " + one.getType() + " found=" + one.isDataFound()
                        + " intact=" + one.isDataIntact());
            }
            for (TimestampWrapper stamp : record.getTimestampList()) {
                System.out.println("timestamp " + stamp.getProductionTime().toInstant()
                        + " found=" + stamp.isMessageImprintDataFound() + " intact=" + stamp.isMessageImprintDataIntact()
                        + " signature=" + stamp.isSignatureIntact()
                        + " " + reports.getSimpleReport().getIndication(stamp.getId())
                        + " " + reports.getSimpleReport().getSubIndication(stamp.getId()));
                for (XmlDigestMatcher one : stamp.getDigestMatchers()) {
                    System.out.println("  object " + one.getType() + " found=" + one.isDataFound()
                            + " intact=" + one.isDataIntact());
                }
            }
        }
    }
}
